//! Macros that tie wire types to the domain, so that a field added there is a compile error here.

/// A wire struct made from a domain struct field by field; `hiding` names what never travels.
macro_rules! wire {
    (
        $(#[$doc:meta])* $name:ident of $of:path $(, hiding $($hidden:ident)+)?
        { $($(#[$attr:meta])* $field:ident: $type:ty,)+ }
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub struct $name { $($(#[$attr])* pub $field: $type,)+ }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                let $of { $($field,)+ $($($hidden: _,)+)? } = of;
                Self { $($field),+ }
            }
        }
    };
}

/// The schema of a domain struct that travels as it is.
macro_rules! schema_struct {
    ($(#[$doc:meta])* $name:ident of $of:path { $($(#[$attr:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        #[expect(missing_docs, reason = "the domain type documents its fields")]
        pub struct $name { $($(#[$attr])* pub $field: $type,)+ }

        const _: fn($of) = |of| { let $of { $($field: _),+ } = of; };
    };
}

/// The schema of a domain enum of plain names that travels as it is.
macro_rules! schema_enum {
    ($($(#[$doc:meta])* $name:ident of $of:path { $($(#[$attr:meta])* $variant:ident,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, serde::Serialize, utoipa::ToSchema)]
            #[serde(rename_all = "snake_case")]
            #[expect(missing_docs, reason = "the domain type documents its variants")]
            pub enum $name { $($(#[$attr])* $variant,)+ }

            const _: fn($of) -> $name = |of| {
                type Of = $of;
                match of { $(Of::$variant => $name::$variant,)+ }
            };
        )+

        #[cfg(test)]
        #[test]
        fn every_name_is_the_domains() {
            $({
                type Of = $of;
                $(assert_eq!(
                    serde_json::to_value(Of::$variant).expect("a name"),
                    serde_json::to_value($name::$variant).expect("a name"),
                );)+
            })+
        }
    };
}
