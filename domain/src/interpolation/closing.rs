//! The variables of a closing message: customer, tenant, and the agent who closes.
//!
//! To add a variable: a field of [`ClosingValues`] and its line in [`closing_message`].

use super::{Form, InterpolationFault, NamePolicy, Scope, render};
use crate::customer_name::first_name;

/// The values of the variables.
#[derive(Clone, Copy, Debug)]
pub struct ClosingValues<'a> {
    pub customer_name: &'a str,
    /// The agent who closes.
    pub agent_name: &'a str,
    pub tenant_name: &'a str,
}

/// Fills in `text`. The result is plain text of at most [`crate::message::TEXT_LIMIT`] characters; values are
/// inserted as they are and never evaluated as templates.
///
/// # Errors
/// [`InterpolationFault`] if the text is not a valid template or the result is too long.
pub fn closing_message(text: &str, values: &ClosingValues<'_>) -> Result<String, InterpolationFault> {
    let named = [
        ("customer.name", values.customer_name),
        ("customer.first_name", first_name(values.customer_name)),
        ("agent.name", values.agent_name),
        ("tenant.name", values.tenant_name),
    ];
    render(text, &Scope::new(NamePolicy::Closed, named), Form::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TEXT_LIMIT;

    const VALUES: ClosingValues<'_> =
        ClosingValues { customer_name: "maria SILVA", agent_name: " Ana ", tenant_name: "Acme & <Sons>" };

    #[test]
    fn good_texts_are_filled_in() {
        let table = [
            ("", ""),
            ("Bye! 👋 {not a variable} 100%", "Bye! 👋 {not a variable} 100%"),
            ("Bye {{ customer.name }}, {{tenant.name}}.", "Bye maria SILVA, Acme & <Sons>."),
            ("{{ customer.name | title }}", "Maria Silva"),
            ("Bye {{ customer.first_name }}.", "Bye maria."),
            ("{{ customer.name|upper }}/{{ customer.name | lower }}", "MARIA SILVA/maria silva"),
            ("({{ agent.name | trim }})", "(Ana)"),
            ("{{ customer.name | default('friend') }}", "maria SILVA"),
            ("{{ '  ' | default(\"friend\") }}", "friend"),
            ("{{ \"}} stays {{\" }}!", "}} stays {{!"),
            ("{{ 'it\\'s' }}", "it's"),
            ("{{ 'a' ~ customer.name }}", "amaria SILVA"),
            ("{{ 'x' if customer.name == 'maria SILVA' else 'y' }}", "x"),
            ("a {# b", "a {# b"),
            ("line\n{{ 1 + 1 }}\nline\n", "line\n2\nline\n"),
        ];
        for (text, expected) in table {
            assert_eq!(closing_message(text, &VALUES).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn bad_texts_say_what_is_wrong_with_them() {
        let table = [
            (
                "Bye {{ custmer.name }}",
                "`{{ custmer.name }}` isn't a known variable. You can use agent.name, customer.first_name, \
                 customer.name, tenant.name.",
            ),
            ("{{ customer.nmae | default('x') }}", "`{{ customer.nmae }}` isn't a known variable."),
            ("{{ customer }}", "`{{ customer }}` isn't a known variable."),
            ("{{ customer['nmae'] }}", "isn't a known variable."),
            ("{{ range(9) }}", "`{{ range }}` isn't a known variable."),
            ("{{ customer.name", "never closed"),
            ("{ customer.name }}", "no matching"),
            ("{{ }}", "is empty"),
            ("{{ customer name }}", "`{{ customer name }}` isn't valid."),
            ("{{ customer.name | reverse }}", "You can use upper, lower, title, trim, default, number, length."),
            ("{{ customer.name | default }}", "wrong number of arguments"),
            ("{{ customer.name is odd }}", "After `is` you can use"),
            ("{{ [1, 2] }}", "doesn't produce a text"),
            ("{{ customer.name == 'x' }}", "doesn't produce a text"),
            ("{% for x in y %}", "isn't supported"),
            ("{{ 'a' * 999999999 }}", "multiplies"),
            ("{{ 1 / 0 }}", "isn't valid"),
        ];
        for (text, expected) in table {
            let detail = closing_message(text, &VALUES).expect_err(text).detail;
            assert!(detail.contains(expected), "{text:?} said {detail:?}");
        }
    }

    #[test]
    fn the_result_and_the_work_are_bounded() {
        let long = "é".repeat(TEXT_LIMIT);
        assert!(closing_message(&long, &VALUES).is_ok());
        assert!(closing_message(&format!("{long}{{{{ 'x' }}}}"), &VALUES).is_err());
        let endless = format!("{{{{ customer.name{} }}}}", "|upper".repeat(600));
        assert!(closing_message(&endless, &VALUES).expect_err("too much work").detail.contains("nested too deeply"));
        let deep = format!("{{{{ {}1{} }}}}", "(".repeat(1_500), ")".repeat(1_500));
        assert!(closing_message(&deep, &VALUES).is_err());
    }

    #[test]
    fn a_name_is_never_read_as_a_template() {
        let values = ClosingValues { customer_name: "{{ agent.name }}{% x %}", ..VALUES };
        assert_eq!(closing_message("{{ customer.name }}", &values).as_deref(), Ok("{{ agent.name }}{% x %}"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_safe(text in "[\\PC{}%'\"|.\\\\]{0,60}", inner in "[a-z.|'\" ()*~+{}\\[\\]0-9]{0,30}") {
            for text in [text, format!("{{{{{inner}}}}}")] {
                if let Ok(filled) = closing_message(&text, &VALUES) {
                    proptest::prop_assert!(filled.chars().count() <= TEXT_LIMIT);
                }
            }
        }
    }
}
