//! The texts of a form by their field, for its page.

use super::{ComposedField, ComposedMessage, ComposedRow};

impl ComposedMessage {
    /// What is in this field; empty if the form has no such field.
    pub fn text(&self, field: ComposedField) -> String {
        self.clone().text_mut(field).map(std::mem::take).unwrap_or_default()
    }

    /// Changes what is in this field. Buttons and rows before it are added as needed.
    pub fn set_text(&mut self, field: ComposedField, text: String) {
        if let Some(known) = self.text_mut(field) {
            *known = text;
        }
    }

    fn text_mut(&mut self, field: ComposedField) -> Option<&mut String> {
        Some(match (self, field) {
            (Self::Location(it), ComposedField::Place) => &mut it.place,
            (Self::Location(it), ComposedField::Name) => &mut it.name,
            (Self::Location(it), ComposedField::Address) => &mut it.address,
            (Self::LocationRequest(it), ComposedField::Text) => &mut it.text,
            (Self::Contact(it), ComposedField::Name) => &mut it.name,
            (Self::Contact(it), ComposedField::Phone) => &mut it.phone,
            (Self::Contact(it), ComposedField::Email) => &mut it.email,
            (Self::Contact(it), ComposedField::Organisation) => &mut it.organisation,
            (Self::Buttons(it), ComposedField::Text) => &mut it.text,
            (Self::Buttons(it), ComposedField::Button(nth)) => {
                it.titles.resize((nth + 1).max(it.titles.len()), String::new());
                it.titles.get_mut(nth)?
            }
            (Self::List(it), ComposedField::Text) => &mut it.text,
            (Self::List(it), ComposedField::Open) => &mut it.open,
            (Self::List(it), ComposedField::Heading(nth)) => &mut row(&mut it.rows, nth)?.heading,
            (Self::List(it), ComposedField::Row(nth)) => &mut row(&mut it.rows, nth)?.title,
            (Self::List(it), ComposedField::Description(nth)) => &mut row(&mut it.rows, nth)?.description,
            (Self::Link(it), ComposedField::Text) => &mut it.text,
            (Self::Link(it), ComposedField::Label) => &mut it.label,
            (Self::Link(it), ComposedField::Url) => &mut it.url,
            _ => return None,
        })
    }
}

fn row(rows: &mut Vec<ComposedRow>, nth: usize) -> Option<&mut ComposedRow> {
    rows.resize((nth + 1).max(rows.len()), ComposedRow::default());
    rows.get_mut(nth)
}

#[cfg(test)]
mod tests {
    use super::{super::ComposedKind, *};

    #[test]
    fn a_field_keeps_what_is_typed_and_a_form_has_only_its_own() {
        use ComposedField::{Address, Button, Description, Email, Heading, Label, Name, Open, Place, Row, Text, Url};
        use ComposedField::{Organisation, Phone};
        let fields = |kind: ComposedKind| match kind {
            ComposedKind::Location => vec![Place, Name, Address],
            ComposedKind::LocationRequest => vec![Text],
            ComposedKind::Contact => vec![Name, Phone, Email, Organisation],
            ComposedKind::Buttons => vec![Text, Button(0), Button(2)],
            ComposedKind::List => vec![Text, Open, Heading(1), Row(1), Description(1)],
            ComposedKind::Link => vec![Text, Label, Url],
        };
        for kind in ComposedKind::ALL {
            let mut form = kind.blank();
            for (nth, field) in fields(kind).into_iter().enumerate() {
                form.set_text(field, format!("typed {nth}"));
            }
            for (nth, field) in fields(kind).into_iter().enumerate() {
                assert_eq!(form.text(field), format!("typed {nth}"), "{kind:?} {field:?}");
            }
            let other = if kind == ComposedKind::Location { Url } else { Place };
            let before = form.clone();
            form.set_text(other, "lost".to_owned());
            assert_eq!((form.text(other), &form), (String::new(), &before));
        }
        let mut list = ComposedKind::List.blank();
        list.set_text(Row(1), "Second".to_owned());
        assert_eq!(list.text(Row(0)), "", "a row before it is there and blank");
    }
}
