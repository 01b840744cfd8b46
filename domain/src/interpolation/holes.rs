//! Fills in a text that a person reads before it is sent: where a value is missing there is a hole with its name
//! (`saved_reply::hole`), which the person fills in.

use super::{Form, InterpolationFault, NamePolicy, Scope, expression, fault, form::Filling, scan};
use crate::{
    saved_reply::{
        VARIABLES,
        hole::{hole, without_brackets},
    },
    text::clip,
};

/// The longest name of a hole, in characters.
const LONGEST_NAME: usize = 60;

/// Fills in `text`. A name without a value, and an expression that its values do not fit, become holes.
///
/// # Errors
/// [`InterpolationFault`] if the text is not a valid template, or the result is too long.
pub fn filled_with_holes<'a>(
    text: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<String, InterpolationFault> {
    let present = values.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let scope = Scope::new(NamePolicy::Open, present);
    let environment = expression::environment();
    let mut out = Filling::new(Form::Text);
    for piece in scan::pieces(text, Form::Text)? {
        match piece {
            scan::Segment::Plain(plain) => out.plain(plain)?,
            // `pieces` refuses them in this form.
            scan::Segment::Secret(_) => {}
            scan::Segment::Expression(source) => {
                let missing = expression::names(source)?
                    .into_iter()
                    .find(|name| !name.guarded && !scope.values.contains_key(&name.name));
                let value = match missing {
                    Some(missing) => Err(missing.name),
                    None => expression::evaluate(&environment, source, &scope).map_err(|_| source.trim().to_owned()),
                };
                match value {
                    Ok(value) => out.plain(&without_brackets(&value))?,
                    Err(name) => out.plain(&hole(&clip(&name, LONGEST_NAME)))?,
                }
            }
        }
    }
    out.finish()
}

/// Why a saved reply's text cannot be filled in: it is no valid template, or asks for something of customer, agent, number
/// or tenant that does not exist. Other names are values that the bot may have collected.
pub fn saved_reply_fault(text: &str) -> Option<String> {
    let names = match scan::names(text, Form::Text) {
        Ok(names) => names,
        Err(fault) => return Some(fault.detail),
    };
    let is_known = |name: &str| VARIABLES.contains(&name);
    let is_ours = |name: &str| {
        let outer = name.split('.').next().unwrap_or_default();
        name.contains('.') || VARIABLES.iter().any(|known| known.split('.').next() == Some(outer))
    };
    let unknown = names.into_iter().find(|name| is_ours(&name.name) && !is_known(&name.name))?;
    let known = VARIABLES.join(", ");
    Some(
        fault(format!(
            "`{{{{ {} }}}}` isn't a known variable. You can use {known}, and what the bot collects.",
            unknown.name
        ))
        .detail,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, &str); 3] =
        [("customer.first_name", "Maria"), ("order_number", "4711"), ("customer.phone", " ")];

    fn filled(text: &str) -> String {
        filled_with_holes(text, VALUES).expect("a template")
    }

    #[test]
    fn what_is_missing_is_a_hole_with_its_name() {
        let table = [
            ("Hi {{ customer.first_name }}, {{ order_number }}!", "Hi Maria, 4711!"),
            ("Call {{ customer.phone }} about {{ article }}", "Call ⟦customer phone⟧ about ⟦article⟧"),
            ("{{ article | default('your order') }}", "your order"),
            ("{{ article | upper }}", "⟦article⟧"),
            ("{{ order_number | number + 1 }}", "4712"),
            ("{{ customer.first_name | number }}", "⟦customer first name | number⟧"),
            ("{{ 'x' if article is defined }}", ""),
            ("no variables", "no variables"),
        ];
        for (text, expected) in table {
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_makes_no_hole_and_is_no_template() {
        let filled = filled_with_holes("{{ name }}", [("name", "⟦{{ x }}⟧")]);
        assert_eq!(filled.as_deref(), Ok("{{ x }}"));
    }

    #[test]
    fn a_text_is_checked_before_it_is_saved() {
        for text in ["Hi {{ customer.first_name }} of {{ tenant.name }}, {{ order_number }}", "plain"] {
            assert_eq!(saved_reply_fault(text), None, "{text}");
        }
        for text in
            ["{{ customer.nmae }}", "{{ agent }}", "{{ secret.KEY }}", "{{ open", "{{ a | reverse }}", "{{ x.y }}"]
        {
            assert!(saved_reply_fault(text).is_some(), "{text}");
        }
    }
}
