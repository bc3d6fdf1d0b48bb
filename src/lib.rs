//! Genkan.
