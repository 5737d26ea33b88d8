//! Dropping values without recursion.

use std::cell::RefCell;

use crate::Value;

thread_local! {
    /// What still has to be dropped, while a burial is under way on this thread.
    static GRAVES: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Drops values one after the other, however deep they are nested.
///
/// A template can nest a value in itself as often as it likes. The drop of each level hands the level
/// below to the burial that is under way, so that the stack does not grow with the nesting.
pub(crate) fn bury(values: impl Iterator<Item = Value>) {
    let mut nested = values
        .filter(|value| matches!(value, Value::Map(_) | Value::List(_)))
        .peekable();
    if nested.peek().is_none() {
        return;
    }
    // Where the thread itself ends, there is no burial to hand over to, and plain drops have to do.
    let begun = GRAVES.try_with(|graves| match &mut *graves.borrow_mut() {
        Some(graves) => {
            graves.extend(&mut nested);
            false
        }
        none => {
            *none = Some(nested.by_ref().collect());
            true
        }
    });
    if begun == Ok(true) {
        while let Some(value) = next() {
            drop(value);
        }
    }
}

/// The next value; ends the burial if there is none.
fn next() -> Option<Value> {
    GRAVES.with_borrow_mut(|graves| {
        let value = graves.as_mut().and_then(Vec::pop);
        if value.is_none() {
            *graves = None;
        }
        value
    })
}

#[cfg(test)]
mod tests {
    use crate::{List, Map, Value};

    #[test]
    fn values_nested_a_million_times_are_dropped() {
        let mut value = Value::Nil;
        for i in 0..1_000_000 {
            value = if i % 2 == 0 {
                Value::List(List::new(vec![value, Value::int(1)]))
            } else {
                Value::Map([("a", value)].into_iter().collect::<Map>())
            };
        }
        drop(value);
    }

    #[test]
    fn what_others_hold_stays() {
        let inner: Map = [("x", Value::int(1))].into_iter().collect();
        drop(
            [("a", Value::Map(inner.clone()))]
                .into_iter()
                .collect::<Map>(),
        );
        assert_eq!(inner.len(), 1);
    }
}
