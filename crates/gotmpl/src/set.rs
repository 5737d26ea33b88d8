//! Parsed templates and the sets in which they know each other by name.

use std::collections::HashMap;
use std::sync::Arc;

use goval::Str;

use crate::ast::{File, Node, Seq};
use crate::{FuncMap, ParseError, parse};

/// A parsed template: immutable, cheap to clone, shared between sets and threads.
#[derive(Clone)]
pub struct Template {
    pub(crate) file: Arc<File>,
    pub(crate) name: Str,
    pub(crate) root: Seq<Node>,
    pub(crate) empty: bool,
}

impl Template {
    /// The name that other templates call it by.
    pub fn name(&self) -> &Str {
        &self.name
    }

    /// Whether there is nothing in it but spaces and comments.
    pub fn is_empty(&self) -> bool {
        self.empty
    }
}

/// What one text gave: its own template and those that it defines.
///
/// It depends on nothing but the name, the text and the functions, so it can be kept and added to
/// any number of sets.
#[derive(Clone)]
pub struct Parsed {
    name: Str,
    templates: Arc<[Template]>,
}

impl Parsed {
    /// Parses a text under a name, which positions in errors will show.
    ///
    /// Functions are looked up now: the ones given, then Go's built-in ones.
    ///
    /// # Errors
    /// What Go's parser reports for the text; and templates whose control structures nest deeper
    /// than 10,000 levels, where Go would go on.
    pub fn new(name: &str, text: impl Into<Str>, funcs: &FuncMap) -> Result<Parsed, ParseError> {
        parse::parse(name, text.into(), funcs).map_err(|error| *error)
    }

    pub(crate) fn from_templates(name: &str, templates: Vec<Template>) -> Parsed {
        Parsed {
            name: name.into(),
            templates: templates.into(),
        }
    }

    /// The template of the text itself.
    pub fn main(&self) -> Option<&Template> {
        self.templates
            .iter()
            .find(|template| template.name == self.name)
    }

    /// All templates of the text.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }
}

/// Templates that can call each other by name.
#[derive(Clone, Default)]
pub struct TemplateSet {
    name: Str,
    templates: HashMap<Str, Template>,
    /// Where to look for what is not in here.
    base: Option<Arc<TemplateSet>>,
}

impl TemplateSet {
    /// An empty set. The name is what errors call the set by.
    pub fn new(name: &str) -> TemplateSet {
        TemplateSet {
            name: name.into(),
            ..TemplateSet::default()
        }
    }

    /// A set that starts with everything that is in another one and leaves that one as it is.
    pub fn over(base: &Arc<TemplateSet>) -> TemplateSet {
        TemplateSet {
            name: base.name.clone(),
            templates: HashMap::new(),
            base: Some(Arc::clone(base)),
        }
    }

    /// The name of the set.
    pub fn name(&self) -> &Str {
        &self.name
    }

    /// Parses a text and adds what it gives.
    ///
    /// # Errors
    /// As for [`Parsed::new`]; the set stays as it was.
    pub fn parse(
        &mut self,
        name: &str,
        text: impl Into<Str>,
        funcs: &FuncMap,
    ) -> Result<Parsed, ParseError> {
        let parsed = Parsed::new(name, text, funcs)?;
        self.add(&parsed);
        Ok(parsed)
    }

    /// Adds templates. They replace others of their names, unless they are empty.
    pub fn add(&mut self, parsed: &Parsed) {
        for template in parsed.templates() {
            if !template.empty || self.get(&template.name).is_none() {
                self.templates
                    .insert(template.name.clone(), template.clone());
            }
        }
    }

    /// The template of that name.
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<&Template> {
        let name = name.as_ref();
        let mut set = self;
        loop {
            match (set.templates.get(name), &set.base) {
                (Some(template), _) => return Some(template),
                (None, Some(base)) => set = base,
                (None, None) => return None,
            }
        }
    }
}
