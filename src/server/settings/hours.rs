//! Opening hours: reads them with the current state, and saves them.

use jiff::{ToSpan, tz::TimeZone};

use crate::{
    contract::hours::{OpeningHours, RightNow},
    domain::{
        calendar::Calendar,
        event::{Change, Initiator, Setting},
        ids::TenantId,
        time::Timestamp,
    },
    server::store::tenants,
};

use super::{Result, Settings, SettingsError, configured};

impl Settings {
    pub async fn read_hours(&self, tenant: &TenantId) -> Result<OpeningHours> {
        let values = self.tenant(tenant).await?.settings;
        let zone = TimeZone::get(&values.zone).unwrap_or(TimeZone::UTC);
        let now = right_now(&values.calendar, &zone, self.clock.now());
        Ok(OpeningHours { calendar: values.calendar, zone: values.zone, now })
    }

    /// Saves the calendar with sorted intervals and holidays.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] with the first fault and its day.
    pub async fn hours_save(&self, tenant: &TenantId, initiator: Initiator, mut calendar: Calendar) -> Result<()> {
        if let Some(fault) = calendar.faults().first() {
            return Err(SettingsError::Invalid(fault.sentence(&calendar)));
        }
        calendar.weekly.iter_mut().for_each(|day| day.sort_unstable());
        calendar.holidays.sort_by_key(|holiday| holiday.date);
        for holiday in &mut calendar.holidays {
            holiday.intervals.sort_unstable();
            holiday.name = holiday.name.trim().to_owned();
        }
        let (mut tx, record) = self.begin(tenant).await?;
        let mut values = record.settings;
        if values.calendar == calendar {
            return Ok(tx.rollback().await?);
        }
        values.calendar = calendar;
        tenants::save_settings(&mut tx, tenant, &values).await?;
        let changes = vec![configured(Setting::Hours, None, Change::Changed)];
        self.commit(tx, tenant, self.clock.now(), initiator, changes).await
    }
}

fn right_now(calendar: &Calendar, zone: &TimeZone, now: Timestamp) -> RightNow {
    let open = calendar.is_open(zone, now);
    let until = if open { calendar.next_closing(zone, now) } else { calendar.next_opening(zone, now) };
    let description = match (open, until) {
        (true, Some(at)) => format!("closes {}", moment(zone, now, at)),
        (true, None) => "24/7".to_owned(),
        (false, Some(at)) => format!("opens {}", moment(zone, now, at)),
        (false, None) => "no opening within a year".to_owned(),
    };
    RightNow { open, description, until }
}

/// `today at 18:00`, `tomorrow at 09:00`, `on Friday at 09:00`, `on 25 December 2026 at 00:00`.
fn moment(zone: &TimeZone, now: Timestamp, at: Timestamp) -> String {
    let local = |time: Timestamp| {
        jiff::Timestamp::from_millisecond(time.0).unwrap_or_default().to_zoned(zone.clone()).datetime()
    };
    let (today, then) = (local(now).date(), local(at));
    let days_on = |days: i64| today.checked_add(days.days()).ok();
    let day = if Some(then.date()) == days_on(0) {
        "today".to_owned()
    } else if Some(then.date()) == days_on(1) {
        "tomorrow".to_owned()
    } else if days_on(7).is_some_and(|week| then.date() < week) {
        then.strftime("on %A").to_string()
    } else {
        then.strftime("on %-d %B %Y").to_string()
    };
    format!("{day} at {}", then.strftime("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{Holiday, Interval};

    fn said(calendar: &Calendar, now: &str) -> String {
        let now = Timestamp(now.parse::<jiff::Timestamp>().expect("a moment").as_millisecond());
        let said = right_now(calendar, &TimeZone::UTC, now);
        format!("{} {}", if said.open { "open" } else { "closed" }, said.description)
    }

    #[test]
    fn the_current_state_is_described_in_plain_words() {
        let mut calendar = Calendar::default();
        assert_eq!(said(&calendar, "2026-11-23T10:00:00Z"), "open 24/7");
        // 23 November 2026 is a Monday.
        calendar.weekly[0] = vec![Interval { from: 9 * 60, to: 18 * 60 }];
        calendar.weekly[1] = vec![Interval { from: 9 * 60, to: 18 * 60 }];
        assert_eq!(said(&calendar, "2026-11-23T10:00:00Z"), "open closes today at 18:00");
        assert_eq!(said(&calendar, "2026-11-23T20:00:00Z"), "closed opens tomorrow at 09:00");
        assert_eq!(said(&calendar, "2026-11-24T20:00:00Z"), "closed opens on Monday at 09:00");
        let closed = |day| Holiday { date: jiff::civil::date(2026, 11, day), name: String::new(), intervals: vec![] };
        calendar.holidays = vec![closed(30)];
        assert_eq!(said(&calendar, "2026-11-24T20:00:00Z"), "closed opens on 1 December 2026 at 09:00");
    }
}
