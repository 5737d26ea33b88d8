//! Sprig's and Helm's template functions, and the trait `World` through which the impure ones reach clock, randomness, cluster and DNS.
//!
//! Knows neither clusters nor clocks.
