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
const OPENS: Span = Span::hours(7);
const SHUTS: Span = Span::hours(19);
/// Past conversations end at least this long ago, apart from the current ones.
const QUIET: Span = Span::hours(3);
/// The number of agents.
pub const AGENTS: usize = 3;

/// A planned event.
#[derive(Clone, Debug)]
pub struct Act {
    pub at: Timestamp,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// The agents come online, or go offline.
    Come,
    Leave,
    /// The admin removes the bot's fallback text, and restores it. In between the bot has no answer.
    Silence,
    Voice,
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
pub fn week(now: Timestamp, people: &[Person], seed: u64) -> Vec<Act> {
    let mut plan = Plan { acts: Vec::new(), random: StdRng::seed_from_u64(seed) };
    let days = days(now);
    for (number, (from, to)) in days.iter().enumerate() {
        plan.act(*from, What::Come);
        plan.act(*to, What::Leave);
        if number == 2 {
            plan.act(from.plus(Span::hours(2)), What::Silence);
            plan.act(from.plus(Span::hours(5)), What::Voice);
        }
    }
    let mut told = [0; 4];
    for index in 0..PAST {
        let person = index % cast::SIZE;
        let Some(tongue) = people.get(person).map(|person| person.tongue) else { continue };
        let stories = stories::of(tongue);
        let turn = &mut told[tongue as usize];
        let story = stories[*turn % stories.len()];
        *turn += 1;
        let start = plan.spot(&days, index);
        plan.tell(start, person, index % AGENTS, story);
    }
    plan.act(now.minus(Span::minutes(90)), What::Come);
    for (index, present) in PRESENT.iter().enumerate() {
        plan.present(now, (PAST + index) % cast::SIZE, present);
    }
    // The sort is stable, so that events of the same time keep their order.
    plan.acts.sort_by_key(|act| act.at);
    plan.acts
}

/// The opening hours of the week before `now`. Periods that are too short for a story are left out.
fn days(now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    const DAY: i64 = Span::days(1).millis();
    let (first, last) = (now.minus(Span::days(DAYS)), now.minus(QUIET));
    (now.0 / DAY - DAYS..=now.0 / DAY)
        .map(|day| {
            let midnight = Timestamp(day * DAY);
            (midnight.plus(OPENS).max(first), midnight.plus(SHUTS).min(last))
        })
        .filter(|(from, to)| to.since(*from) > Span::hours(1))
        .collect()
}

struct Plan {
    acts: Vec<Act>,
    random: StdRng,
}

impl Plan {
    fn act(&mut self, at: Timestamp, what: What) {
        self.acts.push(Act { at, what });
    }

    fn some(&mut self, seconds: std::ops::Range<i64>) -> Span {
        Span::of_millis(self.random.random_range(seconds.start * 1_000..seconds.end * 1_000))
    }

    /// When the `index`-th story begins: spread over the opening hours with jitter. A story takes an hour at most.
    fn spot(&mut self, days: &[(Timestamp, Timestamp)], index: usize) -> Timestamp {
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
            0..12 => self.some(8..150),
            12..17 => self.some(150..290),
            _ => self.some(310..1_500),
        }
    }

    fn tell(&mut self, start: Timestamp, person: usize, agent: usize, story: Story) {
        let mut at = start;
        let mut entered = false;
        for line in story {
            match line {
                StoryLine::Agent(words) => {
                    if !entered {
                        entered = true;
                        at = at.plus(self.wait());
                        self.act(at, What::Enter { person, agent });
                    }
                    at = at.plus(self.some(12..55));
                    self.act(at, What::Answered { person, agent, words });
                }
                line => {
                    at = at.plus(self.some(15..120));
                    self.act(at, What::Said { person, line: *line });
                    if entered {
                        let look = self.some(3..9);
                        self.act(at.plus(look), What::Seen { person, agent });
                    }
                }
            }
        }
        let calm = if entered { self.some(20..200) } else { self.some(600..1_500) };
        self.act(at.plus(calm), What::Closed { person, agent });
    }

    fn present(&mut self, now: Timestamp, person: usize, present: &Present) {
        let mut entered = false;
        for (ago, line) in present.lines {
            let at = now.minus(Span::seconds(*ago));
            match (line, present.agent) {
                (StoryLine::Agent(words), Some(agent)) => {
                    if !entered {
                        entered = true;
                        self.act(at.minus(Span::seconds(20)), What::Enter { person, agent });
                    }
                    self.act(at.minus(Span::seconds(10)), What::Seen { person, agent });
                    self.act(at, What::Answered { person, agent, words });
                }
                (line, _) => self.act(at, What::Said { person, line: *line }),
            }
        }
    }
}
