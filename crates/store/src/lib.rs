//! Everything that keeps or carries data: SQL journal and tables, blobs, bus, secrets.
