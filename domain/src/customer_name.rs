//! The display name of a customer.

/// The name of a customer for whom WhatsApp gives no name, username or number.
pub const UNNAMED: &str = "WhatsApp user";

/// The first name in a full name, for texts that address the customer. A name without letters (a number) and
/// [`UNNAMED`] are returned unchanged.
pub fn first_name(name: &str) -> &str {
    if name == UNNAMED {
        return name;
    }
    name.split_whitespace().find(|word| word.chars().any(char::is_alphabetic)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_letters_is_the_first_name() {
        let table = [
            ("Rosa Lind", "Rosa"),
            ("  maria\tSILVA ", "maria"),
            ("🌸 Rosa 🌸", "Rosa"),
            ("Rosa", "Rosa"),
            ("محمد علي", "محمد"),
            ("@rosa.lind", "@rosa.lind"),
            ("+55 11 91234 5678", "+55 11 91234 5678"),
            (UNNAMED, UNNAMED),
            ("", ""),
        ];
        for (name, first) in table {
            assert_eq!(first_name(name), first, "{name:?}");
        }
    }
}
