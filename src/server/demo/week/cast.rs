//! The shop's customers: forty people from many countries. The first six exist in every simulator, so that its phone
//! page shows people who are known to the tenant.

use crate::server::simulator::{IdentityKind, NewCustomer, Simulator};

/// The language of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Portuguese,
    German,
    Arabic,
}

/// The six customers of the simulator, by its ids.
const BUILT_IN: [(&str, Language); 6] = [
    ("c1", Language::English),
    ("c2", Language::English),
    ("c3", Language::Portuguese),
    ("c4", Language::Arabic),
    ("c5", Language::English),
    ("c6", Language::German),
];

/// The other customers: name, number, language.
const OTHERS: [(&str, &str, Language); 34] = [
    ("Amara Okafor", "2348031234567", Language::English),
    ("Jonas Keller", "4915209871234", Language::German),
    ("Sofia Lindqvist", "46701234567", Language::English),
    ("João Pereira", "351912345678", Language::Portuguese),
    ("佐藤 美咲", "819012345678", Language::English),
    ("Camille Moreau", "33612345678", Language::English),
    ("Yusuf Demir", "905321234567", Language::English),
    ("Grace Mensah", "233241234567", Language::English),
    ("Rafael Souza", "5521998765432", Language::Portuguese),
    ("خالد المنصور", "971501234567", Language::Arabic),
    ("Katarzyna Nowak", "48601234567", Language::English),
    ("Liam Murphy", "353861234567", Language::English),
    ("Anika Braun", "4366412345678", Language::German),
    ("王芳", "8613812345678", Language::English),
    ("Diego Fernández", "34612345678", Language::English),
    ("Olena Shevchenko", "380501234567", Language::English),
    ("Thandiwe Nkosi", "27821234567", Language::English),
    ("Beatriz Almeida", "5531987654321", Language::Portuguese),
    ("Mateo Rojas", "573001234567", Language::English),
    ("Ingrid Hansen", "4791234567", Language::English),
    ("김민준", "821012345678", Language::English),
    ("Stefan Huber", "41791234567", Language::German),
    ("Ava Thompson", "61412345678", Language::English),
    ("נועה לוי", "972501234567", Language::English),
    ("Emre Yılmaz", "905421234567", Language::English),
    ("Chiara Romano", "393331234567", Language::English),
    ("Noah Williams", "14155550137", Language::English),
    ("Lena Fischer", "4917612345678", Language::German),
    ("Aarav Patel", "919812345678", Language::English),
    ("Zanele Dube", "27731234567", Language::English),
    ("Tiago Martins", "351931234567", Language::Portuguese),
    ("Hannah Cohen", "12125550142", Language::English),
    ("مريم السيد", "201001234567", Language::Arabic),
    ("Oliver Brown", "447700900123", Language::English),
];

/// The number of customers.
pub const SIZE: usize = BUILT_IN.len() + OTHERS.len();

/// A customer of the simulator with a story.
#[derive(Clone, Debug)]
pub struct Person {
    /// The simulator's id.
    pub id: String,
    /// The name as agents see it.
    pub name: String,
    pub language: Language,
}

/// Adds all customers to the simulator.
pub fn add_customers(simulator: &Simulator) -> Vec<Person> {
    let known = simulator.customers();
    let built_in = BUILT_IN.iter().filter_map(|(id, language)| {
        let customer = known.iter().find(|customer| customer.id == *id)?;
        Some(Person { id: customer.id.clone(), name: customer.name.clone(), language: *language })
    });
    let others = OTHERS.iter().enumerate().map(|(index, (name, phone, language))| {
        // Some have no visible phone number, which WhatsApp allows.
        let identity = if index % 9 == 5 { IdentityKind::HiddenPhone } else { IdentityKind::Both };
        let new = NewCustomer {
            name: (*name).to_owned(),
            phone: Some((*phone).to_owned()),
            identity,
            user_id: None,
            username: None,
        };
        let customer = simulator.add_customer(new);
        Person { id: customer.id, name: customer.name, language: *language }
    });
    built_in.chain(others).collect()
}
