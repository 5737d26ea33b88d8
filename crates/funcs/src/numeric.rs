//! Arithmetic: wrapping 64-bit integers, and decimals for the functions on floats.

use std::cmp::Ordering;

use gotmpl::FuncError;
use gotmpl::Ty::{Any, Float64, Int, Int64};
use goval::Value;

use crate::args::Args;
use crate::convert::{float64, int64};
use crate::decimal::Decimal;
use crate::table::{Entry, Outcome, panic, pure, variadic};

pub(crate) const FUNCS: &[Entry] = &[
    pure("add1", &[Any], Int64, |a| {
        Ok(Value::int64(int64(a.arg(0)).wrapping_add(1)))
    }),
    variadic("add", &[Any], Int64, |a| {
        Ok(Value::int64(a.iter().map(int64).fold(0, i64::wrapping_add)))
    }),
    pure("sub", &[Any, Any], Int64, |a| {
        Ok(Value::int64(int64(a.arg(0)).wrapping_sub(int64(a.arg(1)))))
    }),
    pure("div", &[Any, Any], Int64, |a| {
        Ok(Value::int64(
            int64(a.arg(0)).wrapping_div(divisor(a.arg(1))?),
        ))
    }),
    pure("mod", &[Any, Any], Int64, |a| {
        Ok(Value::int64(
            int64(a.arg(0)).wrapping_rem(divisor(a.arg(1))?),
        ))
    }),
    variadic("mul", &[Any, Any], Int64, |a| {
        Ok(Value::int64(a.iter().map(int64).fold(1, i64::wrapping_mul)))
    }),
    variadic("max", &[Any, Any], Int64, |a| Ok(extreme(a, i64::max))),
    variadic("biggest", &[Any, Any], Int64, |a| Ok(extreme(a, i64::max))),
    variadic("min", &[Any, Any], Int64, |a| Ok(extreme(a, i64::min))),
    variadic("maxf", &[Any, Any], Float64, |a| {
        Ok(extreme_float(a, Ordering::Greater))
    }),
    variadic("minf", &[Any, Any], Float64, |a| {
        Ok(extreme_float(a, Ordering::Less))
    }),
    pure("floor", &[Any], Float64, |a| {
        Ok(float64(a.arg(0)).floor().into())
    }),
    pure("ceil", &[Any], Float64, |a| {
        Ok(float64(a.arg(0)).ceil().into())
    }),
    variadic("round", &[Any, Int, Float64], Float64, |a| {
        Ok(round(a).into())
    }),
    pure("add1f", &[Any], Float64, |a| {
        fold(a.arg(0), &[Value::int(1)], |x, y| Ok(x + y))
    }),
    variadic("addf", &[Any], Float64, |a| {
        fold(&Value::Float(0.0), a, |x, y| Ok(x + y))
    }),
    variadic("subf", &[Any, Any], Float64, |a| {
        fold(a.arg(0), a.from(1), |x, y| Ok(x - y))
    }),
    variadic("mulf", &[Any, Any], Float64, |a| {
        fold(a.arg(0), a.from(1), |x, y| Ok(x * y))
    }),
    variadic("divf", &[Any, Any], Float64, |a| {
        fold(a.arg(0), a.from(1), Decimal::divide)
    }),
];

fn divisor(value: &Value) -> Result<i64, FuncError> {
    match int64(value) {
        0 => Err(panic("runtime error: integer divide by zero")),
        divisor => Ok(divisor),
    }
}

fn extreme(a: &[Value], pick: fn(i64, i64) -> i64) -> Value {
    Value::int64(a.iter().map(int64).reduce(pick).unwrap_or(0))
}

/// Go's `math.Max` and `math.Min`: infinities first, then NaN; zeros go by their sign.
fn extreme_float(a: &[Value], wanted: Ordering) -> Value {
    let infinity = match wanted {
        Ordering::Greater => f64::INFINITY,
        _ => f64::NEG_INFINITY,
    };
    let pick = |x: f64, y: f64| {
        if x == infinity || y == infinity {
            infinity
        } else if x.is_nan() || y.is_nan() {
            f64::NAN
        } else if x.total_cmp(&y) == wanted {
            x
        } else {
            y
        }
    };
    a.iter().map(float64).reduce(pick).unwrap_or(0.0).into()
}

/// Rounds to so many places; a third argument says from which remainder on it goes up.
fn round(a: &[Value]) -> f64 {
    let value = float64(a.arg(0));
    let up_from = if a.len() > 2 { a.float(2) } else { 0.5 };
    let scale = power_of_ten(a.int(1));
    let scaled = scale * value;
    let rounded = if scaled.fract() >= up_from {
        scaled.ceil()
    } else {
        scaled.floor()
    };
    rounded / scale
}

/// Go's `math.Pow(10, n)`: squares of the fraction 10/16, so that the last bit is the same.
fn power_of_ten(n: i64) -> f64 {
    if n == 0 || n == 1 {
        return [1.0, 10.0][n as usize];
    }
    let (mut result, mut exponent) = (1.0_f64, 0_i64);
    let (mut base, mut base_exponent) = (0.625_f64, 4_i64);
    let mut rest = n.unsigned_abs();
    while rest != 0 {
        if base_exponent > 1 << 12 {
            // Far beyond what a float holds.
            exponent += base_exponent;
            break;
        }
        if rest & 1 == 1 {
            result *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent *= 2;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        rest >>= 1;
    }
    if n < 0 {
        (result, exponent) = (1.0 / result, -exponent);
    }
    scale_by_two(result, exponent)
}

/// `x * 2^exponent`, rounded once.
fn scale_by_two(x: f64, exponent: i64) -> f64 {
    match exponent {
        1024.. => x * 2_f64.powi(1023) * 2_f64.powi((exponent - 1023).min(1023) as i32),
        ..-1022 => x * 2_f64.powi(-900) * 2_f64.powi((exponent + 900).max(-1022) as i32),
        _ => x * 2_f64.powi(exponent as i32),
    }
}

/// Computes with decimals from the first value over the others. Sprig's `execDecimalOp`.
fn fold(
    first: &Value,
    others: &[Value],
    compute: fn(Decimal, Decimal) -> Result<Decimal, FuncError>,
) -> Outcome {
    let mut result = Decimal::from_float(float64(first))?;
    for value in others {
        result = compute(result, Decimal::from_float(float64(value))?)?;
    }
    Ok(result.to_float().into())
}
