//! Functions, versions, `--set` arguments, values and schemas made at random, through Helm's Go libraries
//! and through ours.
//!
//! Skipped where there is no Go. `SEED` says which ones, so that a commit is judged the same each time
//! (`cargo xtask differential` gives a fresh one); `CASES` how many times the usual number; `SHOW` how
//! many differences are shown.

mod calls;
mod charts;
mod formats;
mod impure;
mod known;
mod merges;
mod oracle;
mod random;
mod schemas;
mod settings;
mod versions;

use oracle::{Answer, Question};
use random::Random;

/// Questions of one kind.
struct Asks {
    name: &'static str,
    lines: Lines,
    /// How many, where `CASES` does not multiply them.
    cases: usize,
    /// How many of a hundred Go has to refuse, lest the errors go untried.
    least_refused: usize,
}

impl Asks {
    /// Asks Go and ourselves the same, and shows what differs.
    #[expect(clippy::print_stderr, reason = "a test says which questions it asked")]
    fn compare(
        &self,
        make: impl Fn(&mut Random, usize) -> Question,
        ours: impl Fn(&Question) -> Answer,
    ) {
        let name = self.name;
        let Some(program) = oracle::build() else {
            eprintln!("{name}: skipped, there is no Go here to compare with");
            return;
        };
        let seed = setting("SEED").unwrap_or(1);
        let mut random = Random::new(seed);
        let cases = self.cases * setting("CASES").unwrap_or(1) as usize;
        let questions: Vec<Question> = (0..cases).map(|case| make(&mut random, case)).collect();
        let answers = oracle::ask(program, &questions);
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        let mut different = 0;
        for (question, theirs) in questions.iter().zip(&answers) {
            let ours = ours(question);
            if self.lines.same(&ours, theirs) || is_chance(program, question, theirs) {
                continue;
            }
            different += 1;
            if different <= setting("SHOW").unwrap_or(10) {
                let parts = question.a.join("\n");
                eprintln!("--- {name}\n{parts}\nGo:   {theirs:?}\nours: {ours:?}");
            }
        }
        eprintln!(
            "{name}: {cases} cases of seed {seed}, {refused} refused by Go, {different} differ"
        );
        assert_eq!(different, 0, "{name}");
        assert!(
            refused * 100 >= cases * self.least_refused,
            "{name}: too few are refused"
        );
    }
}

/// Whether Go itself answers now this, now that, as it does where it goes over a map.
fn is_chance(program: &std::path::Path, question: &Question, first: &Answer) -> bool {
    let answers = oracle::ask(program, &vec![question.clone(); 40]);
    answers.iter().any(|answer| answer != first)
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Whether the order of the lines of an answer counts.
#[derive(Clone, Copy, PartialEq)]
enum Lines {
    InOrder,
    /// Go goes over a map.
    InAnyOrder,
}

impl Lines {
    fn same(self, ours: &Answer, theirs: &Answer) -> bool {
        let sorted = |text: &String| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        match (ours, theirs) {
            _ if self == Lines::InOrder => ours == theirs,
            (Ok(ours), Ok(theirs)) | (Err(ours), Err(theirs)) => sorted(ours) == sorted(theirs),
            _ => false,
        }
    }
}
