//! The shop's customers: forty people from many countries. The first six exist in every simulator, so that its phone
//! page shows people who are known to the tenant.

use crate::server::simulator::{IdentityKind, NewCustomer, Simulator};

/// The language of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    English,
    Portuguese,
    German,
    Arabic,
}

/// The six customers of the simulator, by its ids.
const SHIPPED: [(&str, Tongue); 6] = [
    ("c1", Tongue::English),
    ("c2", Tongue::English),
    ("c3", Tongue::Portuguese),
    ("c4", Tongue::Arabic),
    ("c5", Tongue::English),
    ("c6", Tongue::German),
];

/// The other customers: name, number, language.
const OTHERS: [(&str, &str, Tongue); 34] = [
    ("Amara Okafor", "2348031234567", Tongue::English),
    ("Jonas Keller", "4915209871234", Tongue::German),
    ("Sofia Lindqvist", "46701234567", Tongue::English),
    ("João Pereira", "351912345678", Tongue::Portuguese),
    ("佐藤 美咲", "819012345678", Tongue::English),
    ("Camille Moreau", "33612345678", Tongue::English),
    ("Yusuf Demir", "905321234567", Tongue::English),
    ("Grace Mensah", "233241234567", Tongue::English),
    ("Rafael Souza", "5521998765432", Tongue::Portuguese),
    ("خالد المنصور", "971501234567", Tongue::Arabic),
    ("Katarzyna Nowak", "48601234567", Tongue::English),
    ("Liam Murphy", "353861234567", Tongue::English),
    ("Anika Braun", "4366412345678", Tongue::German),
    ("王芳", "8613812345678", Tongue::English),
    ("Diego Fernández", "34612345678", Tongue::English),
    ("Olena Shevchenko", "380501234567", Tongue::English),
    ("Thandiwe Nkosi", "27821234567", Tongue::English),
    ("Beatriz Almeida", "5531987654321", Tongue::Portuguese),
    ("Mateo Rojas", "573001234567", Tongue::English),
    ("Ingrid Hansen", "4791234567", Tongue::English),
    ("김민준", "821012345678", Tongue::English),
    ("Stefan Huber", "41791234567", Tongue::German),
    ("Ava Thompson", "61412345678", Tongue::English),
    ("נועה לוי", "972501234567", Tongue::English),
    ("Emre Yılmaz", "905421234567", Tongue::English),
    ("Chiara Romano", "393331234567", Tongue::English),
    ("Noah Williams", "14155550137", Tongue::English),
    ("Lena Fischer", "4917612345678", Tongue::German),
    ("Aarav Patel", "919812345678", Tongue::English),
    ("Zanele Dube", "27731234567", Tongue::English),
    ("Tiago Martins", "351931234567", Tongue::Portuguese),
    ("Hannah Cohen", "12125550142", Tongue::English),
    ("مريم السيد", "201001234567", Tongue::Arabic),
    ("Oliver Brown", "447700900123", Tongue::English),
];

/// The number of customers.
pub const SIZE: usize = SHIPPED.len() + OTHERS.len();

/// A customer of the simulator with a story.
#[derive(Clone, Debug)]
pub struct Person {
    /// The simulator's id.
    pub id: String,
    /// The name as agents see it.
    pub name: String,
    pub tongue: Tongue,
}

/// Adds all customers to the simulator.
pub fn gather(simulator: &Simulator) -> Vec<Person> {
    let known = simulator.customers();
    let shipped = SHIPPED.iter().filter_map(|(id, tongue)| {
        let customer = known.iter().find(|customer| customer.id == *id)?;
        Some(Person { id: customer.id.clone(), name: customer.name.clone(), tongue: *tongue })
    });
    let others = OTHERS.iter().enumerate().map(|(index, (name, phone, tongue))| {
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
        Person { id: customer.id, name: customer.name, tongue: *tongue }
    });
    shipped.chain(others).collect()
}
