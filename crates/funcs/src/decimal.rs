//! Decimals of any size, as far as shopspring/decimal v1.4.0 is needed: exact sums and products,
//! quotients of 16 places.

use std::ops::{Add, Mul, Sub};

use gotmpl::FuncError;
use num_bigint::BigInt;

use crate::table::panic;

/// The places behind the point that a quotient keeps.
const QUOTIENT_PLACES: i64 = 16;
/// The most digits that a number may have, where the original knows no limit.
const MAX_DIGITS: u64 = 100_000;

/// `digits * 10^exponent`.
pub(crate) struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that reads as this float.
    pub(crate) fn from_float(x: f64) -> Result<Decimal, FuncError> {
        if !x.is_finite() {
            let text = crate::convert::display(&x.into());
            return Err(panic(format!("Cannot create a Decimal from {text}")));
        }
        let text = format!("{x:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = mantissa
            .split_once('.')
            .map_or(0, |(_, places)| places.len() as i64);
        let digits = mantissa.replace('.', "");
        Ok(Decimal {
            digits: digits.parse().unwrap_or_default(),
            exponent: exponent.parse().unwrap_or(0) - places,
        })
    }

    /// The float nearest to it.
    pub(crate) fn to_float(&self) -> f64 {
        if self.digits == BigInt::ZERO {
            return 0.0;
        }
        let text = format!("{}e{}", self.digits, self.exponent);
        text.parse().unwrap_or(f64::NAN)
    }

    /// The quotient, rounded half away from zero.
    pub(crate) fn divide(self, divisor: Decimal) -> Result<Decimal, FuncError> {
        if divisor.digits == BigInt::ZERO {
            return Err(panic("decimal division by 0"));
        }
        let shift = self.exponent - divisor.exponent + QUOTIENT_PLACES;
        let (numerator, denominator) = match shift {
            ..0 => (self.digits, divisor.digits * power_of_ten(-shift)),
            _ => (self.digits * power_of_ten(shift), divisor.digits),
        };
        let up = (numerator < BigInt::ZERO) == (denominator < BigInt::ZERO);
        let mut digits = &numerator / &denominator;
        let rest = numerator - &digits * &denominator;
        if rest.magnitude() * 2_u32 >= *denominator.magnitude() {
            digits += if up { 1 } else { -1 };
        }
        Decimal {
            digits,
            exponent: -QUOTIENT_PLACES,
        }
        .checked()
    }

    /// Both with the smaller exponent of the two.
    fn aligned(self, other: Decimal) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let digits = |d: Decimal| d.digits * power_of_ten(d.exponent - exponent);
        (digits(self), digits(other), exponent)
    }

    fn checked(self) -> Result<Decimal, FuncError> {
        if self.digits.bits() > MAX_DIGITS * 4 {
            return Err(panic(format!("decimal of more than {MAX_DIGITS} digits")));
        }
        Ok(self)
    }
}

impl Add for Decimal {
    type Output = Decimal;
    fn add(self, other: Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal {
            digits: a + b,
            exponent,
        }
    }
}

impl Sub for Decimal {
    type Output = Decimal;
    fn sub(self, other: Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal {
            digits: a - b,
            exponent,
        }
    }
}

impl Mul for Decimal {
    type Output = Decimal;
    fn mul(self, other: Decimal) -> Decimal {
        Decimal {
            digits: self.digits * other.digits,
            exponent: self.exponent + other.exponent,
        }
    }
}

fn power_of_ten(n: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(n).unwrap_or(0))
}
