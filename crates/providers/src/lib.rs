//! The model wire: codecs, clients and the built-in models.
