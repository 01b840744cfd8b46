//! Plans when everything happens in the week: opening hours, and the stories within them. Pure and seeded, so that two
//! demos that start at the same time are equal.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    cast::{self, Person},
    stories::{self, PRESENT, Present, Story, StoryLine},
};
use crate::domain::time::{Span, Timestamp};

/// The number of ended conversations.
const PAST: usize = 112;
/// Length of the past, in days.
const DAYS: i64 = 7;
/// Opening hours in UTC.
const OPENING: Span = Span::hours(7);
const CLOSING: Span = Span::hours(19);
/// Past conversations end at least this long ago, apart from the current ones.
const MIN_AGE: Span = Span::hours(3);
/// The number of agents.
pub const AGENTS: usize = 3;

/// A planned event.
#[derive(Clone, Debug)]
pub struct PlannedEvent {
    pub at: Timestamp,
    pub kind: PlannedEventKind,
}

#[derive(Clone, Debug)]
pub enum PlannedEventKind {
    /// The agents come online, or go offline.
    AgentsOnline,
    AgentsOffline,
    /// The admin removes the bot's fallback text, and restores it. In between the bot has no answer.
    FallbackRemoved,
    FallbackRestored,
    Said {
        person: usize,
        line: StoryLine,
    },
    /// The agent claims the conversation or takes it over.
    Enter {
        person: usize,
        agent: usize,
    },
    Answered {
        person: usize,
        agent: usize,
        words: &'static str,
    },
    /// The agent reads new messages.
    Seen {
        person: usize,
        agent: usize,
    },
    Closed {
        person: usize,
        agent: usize,
    },
}

/// All events of the week before `now`, in order.
pub fn week(now: Timestamp, people: &[Person], seed: u64) -> Vec<PlannedEvent> {
    let mut plan = Plan { events: Vec::new(), random: StdRng::seed_from_u64(seed) };
    let days = days(now);
    for (number, (from, to)) in days.iter().enumerate() {
        plan.push(*from, PlannedEventKind::AgentsOnline);
        plan.push(*to, PlannedEventKind::AgentsOffline);
        if number == 2 {
            plan.push(from.plus(Span::hours(2)), PlannedEventKind::FallbackRemoved);
            plan.push(from.plus(Span::hours(5)), PlannedEventKind::FallbackRestored);
        }
    }
    let mut used = [0; 4];
    for index in 0..PAST {
        let person = index % cast::SIZE;
        let Some(language) = people.get(person).map(|person| person.language) else { continue };
        let stories = stories::of(language);
        let turn = &mut used[language as usize];
        let story = stories[*turn % stories.len()];
        *turn += 1;
        let start = plan.story_start(&days, index);
        plan.add_story(start, person, index % AGENTS, story);
    }
    plan.push(now.minus(Span::minutes(90)), PlannedEventKind::AgentsOnline);
    for (index, present) in PRESENT.iter().enumerate() {
        plan.add_current(now, (PAST + index) % cast::SIZE, present);
    }
    // The sort is stable, so that events of the same time keep their order.
    plan.events.sort_by_key(|event| event.at);
    plan.events
}

/// The opening hours of the week before `now`. Periods that are too short for a story are left out.
fn days(now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    const DAY: i64 = Span::days(1).millis();
    let (first, last) = (now.minus(Span::days(DAYS)), now.minus(MIN_AGE));
    (now.0 / DAY - DAYS..=now.0 / DAY)
        .map(|day| {
            let midnight = Timestamp(day * DAY);
            (midnight.plus(OPENING).max(first), midnight.plus(CLOSING).min(last))
        })
        .filter(|(from, to)| to.since(*from) > Span::hours(1))
        .collect()
}

struct Plan {
    events: Vec<PlannedEvent>,
    random: StdRng,
}

impl Plan {
    fn push(&mut self, at: Timestamp, kind: PlannedEventKind) {
        self.events.push(PlannedEvent { at, kind });
    }

    fn random_span(&mut self, seconds: std::ops::Range<i64>) -> Span {
        Span::of_millis(self.random.random_range(seconds.start * 1_000..seconds.end * 1_000))
    }

    /// When the `index`-th story begins: spread over the opening hours with jitter. A story takes an hour at most.
    fn story_start(&mut self, days: &[(Timestamp, Timestamp)], index: usize) -> Timestamp {
        let room = |(from, to): &(Timestamp, Timestamp)| to.minus(Span::hours(1)).since(*from).0;
        let whole: i64 = days.iter().map(room).sum();
        let step = whole / PAST as i64;
        let mut into = step * index as i64 + self.random.random_range(0..step.max(2));
        for day in days {
            let length = room(day);
            if into < length {
                return day.0.plus(Span::of_millis(into));
            }
            into -= length;
        }
        days.last().map_or(Timestamp(0), |(_, to)| to.minus(Span::hours(1)))
    }

    /// How long a customer waits for an agent: mostly less than the waiting target of five minutes.
    fn wait(&mut self) -> Span {
        match self.random.random_range(0..20) {
            0..12 => self.random_span(8..150),
            12..17 => self.random_span(150..290),
            _ => self.random_span(310..1_500),
        }
    }

    fn add_story(&mut self, start: Timestamp, person: usize, agent: usize, story: Story) {
        let mut at = start;
        let mut entered = false;
        for line in story {
            match line {
                StoryLine::Agent(words) => {
                    if !entered {
                        entered = true;
                        at = at.plus(self.wait());
                        self.push(at, PlannedEventKind::Enter { person, agent });
                    }
                    at = at.plus(self.random_span(12..55));
                    self.push(at, PlannedEventKind::Answered { person, agent, words });
                }
                line => {
                    at = at.plus(self.random_span(15..120));
                    self.push(at, PlannedEventKind::Said { person, line: *line });
                    if entered {
                        let look = self.random_span(3..9);
                        self.push(at.plus(look), PlannedEventKind::Seen { person, agent });
                    }
                }
            }
        }
        let calm = if entered { self.random_span(20..200) } else { self.random_span(600..1_500) };
        self.push(at.plus(calm), PlannedEventKind::Closed { person, agent });
    }

    fn add_current(&mut self, now: Timestamp, person: usize, present: &Present) {
        let mut entered = false;
        for (ago, line) in present.lines {
            let at = now.minus(Span::seconds(*ago));
            match (line, present.agent) {
                (StoryLine::Agent(words), Some(agent)) => {
                    if !entered {
                        entered = true;
                        self.push(at.minus(Span::seconds(20)), PlannedEventKind::Enter { person, agent });
                    }
                    self.push(at.minus(Span::seconds(10)), PlannedEventKind::Seen { person, agent });
                    self.push(at, PlannedEventKind::Answered { person, agent, words });
                }
                (line, _) => self.push(at, PlannedEventKind::Said { person, line: *line }),
            }
        }
    }
}
