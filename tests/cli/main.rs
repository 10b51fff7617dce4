//! The command `certwright`, run as people and programs run it: every test starts processes and
//! looks at their exit codes and what they print.

mod linted;
