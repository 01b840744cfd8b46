//! The stable names of an enum's variants, as stored in rows and used in URLs and on the command line.

/// A name that matches no variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not known")]
pub struct UnknownName(pub String);

/// Gives a plain enum `ALL`, `as_str` and `FromStr` from one table. A variant that is missing in the table does not
/// compile. Names never change, because rows contain them.
#[macro_export]
macro_rules! variant_names {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::variant_names::UnknownName;

            fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    unknown => Err($crate::variant_names::UnknownName(unknown.to_owned())),
                }
            }
        }
    };
}
pub use variant_names;

#[cfg(test)]
mod tests {
    use crate::delivery::Delivery;

    #[test]
    fn an_unknown_name_is_an_error() {
        assert_eq!("sent".parse(), Ok(Delivery::Sent));
        let error = "Sent".parse::<Delivery>().expect_err("another name");
        assert_eq!(error.to_string(), "“Sent” is not known");
    }
}
