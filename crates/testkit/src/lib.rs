//! Test environments: charts from a string, temporary homes, command runs.
