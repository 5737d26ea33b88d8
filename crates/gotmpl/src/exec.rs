//! Running templates: the state of an execution, and what host functions may do with it.

mod call;
mod eval;
mod missing;
mod range;
mod walk;

use std::any::Any;
use std::sync::Arc;

use goval::{Str, Value};

use crate::ast::VarId;
use crate::{ExecError, Template, TemplateSet, stack};
use goval::strconv::quote;

pub(crate) use eval::Val;

/// How templates run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What a key that is not in a map gives.
    pub missing_key: MissingKey,
    /// How many templates may run inside each other, by `template` or by functions. Go's limit is
    /// the default; the stack grows as needed, by about a kilobyte per level.
    pub max_depth: usize,
    /// How many bytes may be made in one [`State`]: written by templates, given to functions and
    /// returned by them. It bounds what a template can keep, and how long it can be busy.
    pub max_bytes: usize,
    /// How many nodes and rounds of `range` may run in one [`State`].
    pub max_steps: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            missing_key: MissingKey::Invalid,
            max_depth: 100_000,
            max_bytes: 384 << 20,
            max_steps: 50_000_000,
        }
    }
}

/// Go's option `missingkey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingKey {
    /// `default` or `invalid`: no value, printed as `<no value>`; fields of it are no value either.
    Invalid,
    /// `zero`: the zero value of the map's element type. For `any` that is nil, also printed as
    /// `<no value>`, but to take a field of it is an error.
    Zero,
    /// `error`: the execution fails.
    Error,
}

/// What most included templates write fits in here.
const OUTPUT: usize = 256;

/// What one execution carries along: options, variables, and whatever functions keep in it.
///
/// One state serves any number of executions, one after the other.
pub struct State {
    options: Options,
    vars: Vec<Var>,
    /// The arguments of the calls that are being prepared, innermost last.
    args: Vec<Value>,
    depth: usize,
    /// What has been used up of the options' `max_bytes` and `max_steps`.
    bytes: usize,
    steps: u64,
    origins: Option<Vec<Origin>>,
    user: Vec<Box<dyn Any + Send>>,
}

/// Where a piece of the output of an execution comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where the piece begins in the output, in bytes.
    pub at: usize,
    /// The name that the text was parsed under which wrote it.
    pub file: Str,
    /// The byte of that text where the piece, or the action that made it, stands.
    pub pos: usize,
    /// Whether the piece stands in the text as it is in the output.
    pub verbatim: bool,
}

impl Origin {
    /// Where in the text the byte at this place of the output comes from, given the origins of all
    /// pieces in their order: a name and a byte.
    pub fn of(origins: &[Origin], place: usize) -> Option<(&Str, usize)> {
        let after = origins.partition_point(|origin| origin.at <= place);
        let origin = &origins[after.checked_sub(1)?];
        let into = if origin.verbatim {
            place - origin.at
        } else {
            0
        };
        Some((&origin.file, origin.pos + into))
    }
}

struct Var {
    id: VarId,
    val: Val,
}

impl State {
    /// A state in which nothing has run yet.
    pub fn new(options: Options) -> State {
        State {
            options,
            vars: Vec::new(),
            args: Vec::new(),
            depth: 0,
            bytes: 0,
            steps: 0,
            origins: None,
            user: Vec::new(),
        }
    }

    /// From now on keeps where output comes from.
    pub fn keep_origins(&mut self) {
        self.origins = Some(Vec::new());
    }

    /// Where the output since the last call comes from, in its order; nothing unless it was kept.
    pub fn take_origins(&mut self) -> Vec<Origin> {
        self.origins
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Keeps a value for the functions, one of each type.
    pub fn put<T: Any + Send>(&mut self, value: T) {
        match self.find::<T>() {
            Some(known) => *known = value,
            None => self.user.push(Box::new(value)),
        }
    }

    /// The kept value of that type.
    pub fn find<T: Any + Send>(&mut self) -> Option<&mut T> {
        self.user.iter_mut().find_map(|kept| kept.downcast_mut())
    }
}

impl TemplateSet {
    /// Runs the template of that name and appends what it writes to `out`.
    ///
    /// After an error, `out` holds what was written until then.
    ///
    /// # Errors
    /// There is no such template, or it failed.
    pub fn execute(
        self: &Arc<Self>,
        name: impl AsRef<[u8]>,
        data: &Value,
        state: &mut State,
        out: &mut Vec<u8>,
    ) -> Result<(), ExecError> {
        Exec { set: self, state }.execute(name.as_ref(), data, out)
    }
}

/// A running execution, as functions see it that run further templates.
pub struct Exec<'a> {
    set: &'a Arc<TemplateSet>,
    state: &'a mut State,
}

impl<'a> Exec<'a> {
    /// The templates that can be called.
    pub fn set(&self) -> &'a Arc<TemplateSet> {
        self.set
    }

    /// How the templates run.
    pub fn options(&self) -> Options {
        self.state.options
    }

    /// What functions keep during the execution, one value of each type; the default at first.
    pub fn state<T: Any + Send + Default>(&mut self) -> &mut T {
        let user = &mut self.state.user;
        let found = user.iter().position(|kept| kept.is::<T>());
        let index = found.unwrap_or_else(|| {
            user.push(Box::new(T::default()));
            user.len() - 1
        });
        match user[index].downcast_mut() {
            Some(kept) => kept,
            None => unreachable!("the position was found by this type"),
        }
    }

    /// What the caller of the execution has put into its [`State`] for the functions.
    pub fn find<T: Any + Send>(&mut self) -> Option<&mut T> {
        self.state.find()
    }

    /// Runs a template of the set, as Helm's `include` does, and gives what it writes.
    ///
    /// # Errors
    /// There is no such template, it failed, or too many templates run inside each other.
    pub fn run(&mut self, name: impl AsRef<[u8]>, data: &Value) -> Result<Vec<u8>, ExecError> {
        let mut out = Vec::with_capacity(OUTPUT);
        self.execute(name.as_ref(), data, &mut out)?;
        Ok(out)
    }

    /// Runs a template with another set to call templates from, as Helm's `tpl` does.
    ///
    /// # Errors
    /// It failed, or too many templates run inside each other.
    pub fn run_in(
        &mut self,
        set: &Arc<TemplateSet>,
        template: &Template,
        data: &Value,
    ) -> Result<Vec<u8>, ExecError> {
        let mut out = Vec::with_capacity(OUTPUT);
        let state = &mut *self.state;
        Exec { set, state }.start(template, data, &mut out)?;
        Ok(out)
    }

    fn execute(&mut self, name: &[u8], data: &Value, out: &mut Vec<u8>) -> Result<(), ExecError> {
        match self.set.get(name) {
            Some(template) => self.start(template, data, out),
            None => Err(ExecError::plain(format!(
                "template: no template {} associated with template {}",
                quote(name),
                quote(self.set.name()),
            ))),
        }
    }

    fn start(
        &mut self,
        template: &Template,
        data: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), ExecError> {
        if self.state.depth >= self.state.options.max_depth {
            return Err(ExecError::plain(self.too_deep()));
        }
        self.enter(template, &Val::concrete(data.clone()), out)
    }

    /// Runs a template in a frame of its own. It sees no variable but `$`.
    fn enter(
        &mut self,
        template: &Template,
        dot: &Val,
        out: &mut Vec<u8>,
    ) -> Result<(), ExecError> {
        let (vars, args) = (self.state.vars.len(), self.state.args.len());
        self.state.vars.push(Var {
            id: 0,
            val: dot.clone(),
        });
        self.state.depth += 1;
        let result = stack::grow(|| self.walk_template(template, vars, dot, out));
        self.state.depth -= 1;
        self.state.vars.truncate(vars);
        self.state.args.truncate(args);
        result
    }

    /// Counts a node or a round of a loop.
    fn step(&mut self, template: &Template) -> Result<(), ExecError> {
        self.state.steps += 1;
        let max = self.state.options.max_steps;
        if self.state.steps <= max {
            return Ok(());
        }
        let name = &template.name;
        Err(ExecError::plain(format!(
            "template: {name}: templates run for more than {max} steps"
        )))
    }

    /// Counts bytes that were written or that functions have to do with.
    fn charge(&mut self, template: &Template, bytes: usize) -> Result<(), ExecError> {
        self.state.bytes = self.state.bytes.saturating_add(bytes);
        let max = self.state.options.max_bytes;
        if self.state.bytes <= max {
            return Ok(());
        }
        let name = &template.name;
        Err(ExecError::plain(format!(
            "template: {name}: templates and functions make more than {max} bytes"
        )))
    }

    fn too_deep(&self) -> String {
        format!(
            "exceeded maximum template depth ({})",
            self.state.options.max_depth
        )
    }
}
