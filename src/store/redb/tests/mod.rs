//! What a power cut leaves of files that are made.
