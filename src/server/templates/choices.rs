//! What admins choose among for customers whose 24-hour window has closed.

use std::collections::BTreeSet;

use crate::{
    contract::window_templates::{NumberTemplates, OfferedTemplate, WindowTemplateChoices},
    domain::ids::TenantId,
    server::store::{channels, flows, prices, templates, tenants},
};

use super::{Result, TemplateError, Templates, sync::Freshness};

impl Templates {
    /// The templates of all numbers, and what is known for their fields.
    pub async fn window_choices(&self, tenant: &TenantId) -> Result<WindowTemplateChoices> {
        let mut tx = self.db.begin_read().await?;
        let numbers = channels::list(&mut tx, tenant).await?;
        let tenant_name = tenants::find(&mut tx, tenant).await?.ok_or(TemplateError::NotFound)?.name;
        let prices = prices::read(&mut tx, tenant).await?.list;
        let live = flows::live(&mut tx, tenant).await?;
        drop(tx);
        let collected: BTreeSet<String> =
            live.iter().flat_map(|flow| flow.flow.variables()).map(str::to_owned).collect();
        let mut listed = Vec::with_capacity(numbers.len());
        for number in numbers {
            let fault = self.sync(&number, Freshness::Minutes).await?;
            let mut tx = self.db.begin_read().await?;
            let rows = templates::list(&mut tx, tenant, &number.waba_id).await?;
            let offered = |row: templates::TemplateRow| OfferedTemplate {
                id: row.id,
                revision: row.revision,
                template: row.template,
            };
            listed.push(NumberTemplates {
                channel: number.id,
                name: number.name,
                display_phone: number.display_phone,
                templates: rows.into_iter().map(offered).collect(),
                fault,
            });
        }
        Ok(WindowTemplateChoices { numbers: listed, collected, prices, tenant_name })
    }
}
