//! What becomes of the values of the revision before: Helm's `reuseValues`.

use chart::{Chart, Event, Level};
use goval::Map;

use crate::ValuesError;
use crate::coalesce::{Mode, coalesce, tables};

/// What an upgrade does with the values that the user gave before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// They stay if there are no new ones, else they are dropped.
    #[default]
    UnlessGiven,
    /// They are dropped (`--reset-values`).
    Never,
    /// They lie under the new ones, and the old chart's values take the place of the new chart's
    /// (`--reuse-values`).
    WithOldChart,
    /// They lie under the new ones and over the new chart's (`--reset-then-reuse-values`).
    OverNewChart,
}

/// The user's values of an upgrade, from the new ones and those of the revision before. The defaults
/// of `chart` are replaced where the old chart's are wanted.
///
/// As in Helm, a null among the new values also becomes one of the old ones, if that were a table or a
/// value: the record of the revision before shows it from then on.
///
/// # Errors
/// Old values that do not fit the old chart.
pub fn reuse(
    how: Reuse,
    new: Map,
    chart: &mut Chart,
    old_chart: &Chart,
    old: Option<&Map>,
    events: &mut Vec<Event>,
) -> Result<Map, ValuesError> {
    let mut note = |text: &str| events.push(Event::new(Level::Debug, text));
    match how {
        Reuse::Never => note("resetting values to the chart's original version"),
        Reuse::WithOldChart => {
            note("reusing the old release's values");
            let given = old.cloned().unwrap_or_default();
            let computed = coalesce(old_chart, &given, events)
                .map_err(|error| ValuesError::Rebuild(Box::new(error)))?;
            put_under(&new, old, events);
            chart.values = Some(computed);
        }
        Reuse::OverNewChart => {
            note("merging values from old release to new values");
            put_under(&new, old, events);
        }
        Reuse::UnlessGiven => match old {
            Some(old) if new.is_empty() && !old.is_empty() => return Ok(old.clone()),
            _ => {}
        },
    }
    Ok(new)
}

fn put_under(new: &Map, old: Option<&Map>, events: &mut Vec<Event>) {
    if let Some(old) = old {
        tables(new, old, Mode::Coalesce, events);
    }
}
