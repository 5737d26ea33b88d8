//! Running the templates of a chart: one after the other, as they may change what later ones see, but side by
//! side as long as none does.

use std::sync::Arc;

use chart::Event;
use funcs::World;
use gotmpl::{FuncMap, MissingKey, Options, State, TemplateSet};
use goval::{Value, frozen};

use crate::context::{Path, Source, Templates};
use crate::functions::{Host, shifted, without_no_value};
use crate::{Failure, RenderOptions, Rendered, base};

/// What it takes to run templates.
pub(crate) struct Run<'a> {
    pub(crate) templates: &'a Templates,
    pub(crate) set: &'a Arc<TemplateSet>,
    pub(crate) functions: &'a Arc<FuncMap>,
    pub(crate) world: &'a Arc<dyn World>,
    pub(crate) options: &'a RenderOptions,
    /// Makes the templates again, with values of their own.
    pub(crate) copy: &'a (dyn Fn() -> Templates + Sync),
}

impl Run<'_> {
    /// Runs all templates but partials, the deepest first.
    ///
    /// # Errors
    /// The first template that fails, or all of them if that is wanted.
    pub(crate) fn execute(&self, events: &mut Vec<Event>) -> Result<Rendered, Vec<Failure>> {
        let mut state = self.state(1);
        if self.options.all_errors {
            state.keep_origins();
        }
        let mut ahead = self.ahead().into_iter();
        let mut rendered = Rendered::default();
        let mut failures = Vec::new();
        for (path, source) in runnable(self.templates) {
            let mut out = match ahead.next() {
                Some(out) => out,
                None => match self.run(path, source.enter(path), &mut state) {
                    Ok(out) => out,
                    Err(failure) => {
                        failures.push(failure);
                        if !self.options.all_errors {
                            break;
                        }
                        state.take_origins();
                        continue;
                    }
                },
            };
            if self.options.all_errors {
                let origins = shifted(state.take_origins(), &out);
                rendered.origins.insert(path.to_string(), origins);
            }
            out = without_no_value(out);
            rendered.files.insert(path.to_string(), out);
        }
        if let Some(host) = state.find::<Host>() {
            events.append(&mut host.events);
        }
        if failures.is_empty() {
            Ok(rendered)
        } else {
            Err(failures)
        }
    }

    /// The outputs of the first templates, as far as they go well and change nothing that others see.
    ///
    /// Each thread has a copy of the values, as threads that look at one place of the memory wait for each
    /// other. What does not go well is left for the usual way, which tells what is wrong.
    fn ahead(&self) -> Vec<Vec<u8>> {
        let RenderOptions {
            lint, all_errors, ..
        } = self.options;
        if *lint || *all_errors || self.world.remembers() {
            return Vec::new();
        }
        let templates: Vec<_> = runnable(self.templates).collect();
        parallel::map_while(
            &templates,
            |(_, source)| source.text.len(),
            |thread| {
                let copy = (thread.number > 0).then(self.copy);
                (copy, self.state(thread.count))
            },
            |(copy, state), (path, source)| {
                let source = match copy {
                    Some(copy) => copy.get(path)?,
                    None => source,
                };
                let dot = source.enter(path);
                frozen(|| self.run(path, dot, state))?.ok()
            },
        )
    }

    /// Runs a template with what it sees.
    fn run(&self, path: &Path, dot: Value, state: &mut State) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        let executed = self.set.execute(path.as_bytes(), &dot, state, &mut out);
        executed.map(|()| out).map_err(Failure::exec)
    }

    /// What one of several threads runs templates in.
    fn state(&self, threads: usize) -> State {
        let all = Options::default();
        let mut state = State::new(Options {
            missing_key: match self.options.strict {
                true => MissingKey::Error,
                false => MissingKey::Zero,
            },
            max_bytes: all.max_bytes / threads,
            max_steps: all.max_steps / threads as u64,
            ..all
        });
        state.put(Arc::clone(self.world));
        state.put(Host::new(Arc::clone(self.functions), self.options.lint));
        state
    }
}

/// The templates but partials, in the order in which they run.
fn runnable(templates: &Templates) -> impl Iterator<Item = (&Path, &Source)> {
    let all = templates.iter().rev();
    all.filter(|(path, _)| !base(path).starts_with('_'))
}
