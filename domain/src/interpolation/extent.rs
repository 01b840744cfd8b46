//! How large and how deeply nested an expression is, counted before the engine compiles it.
//!
//! The engine parses, compiles and drops an expression recursively, and guards only brackets, at a depth that a
//! worker's stack does not hold. A chain such as `a.a.a`, `a ~ a` or `--a` takes one level of the stack per operator.

use super::scan::{Token, TokenKind, tokens};

/// The deepest nesting. The engine needs about 2 KB of the stack per level in an unoptimised build.
pub(super) const MAX_DEPTH: usize = 128;
/// How many levels a pair of brackets counts. The engine calls a dozen functions for one, and the wrapping of a
/// comparison inside adds another pair.
const BRACKETS: usize = 8;
/// The most names, values and operators.
pub(super) const MAX_PARTS: usize = 512;

/// Upper bounds of an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Levels of nesting, if all operators between two commas are nested in each other.
    pub depth: usize,
    pub parts: usize,
}

/// One pair of brackets, or the whole expression.
#[derive(Default)]
struct Level {
    /// Operators since the last comma, brackets included.
    operators: usize,
    /// The depth of the deepest brackets since the last comma.
    inner: usize,
    /// The depth of the deepest part before the last comma.
    before: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.before.max(self.operators + self.inner)
    }
}

impl Extent {
    pub fn of(source: &str) -> Self {
        let mut parts = 0;
        let mut levels = vec![Level::default()];
        for token in tokens(source) {
            if token.kind == TokenKind::Space {
                continue;
            }
            parts += 1 + dots(&token);
            let is_sign = token.kind == TokenKind::Sign;
            let Some(level) = levels.last_mut() else { break };
            match token.text {
                "," if is_sign => *level = Level { before: level.depth(), ..Level::default() },
                "(" | "[" | "{" if is_sign => {
                    level.operators += 1;
                    levels.push(Level::default());
                }
                ")" | "]" | "}" if is_sign => close(&mut levels),
                _ => level.operators += operators(&token),
            }
        }
        while levels.len() > 1 {
            close(&mut levels);
        }
        Self { depth: levels.last().map_or(0, Level::depth), parts }
    }
}

/// Ends the innermost brackets. A closing bracket without an opening one is the engine's error.
fn close(levels: &mut Vec<Level>) {
    if levels.len() > 1
        && let Some(closed) = levels.pop()
        && let Some(outer) = levels.last_mut()
    {
        // One level was counted when they opened.
        outer.inner = outer.inner.max(BRACKETS - 1 + closed.depth());
    }
}

fn dots(token: &Token<'_>) -> usize {
    match token.kind {
        TokenKind::Name => token.text.matches('.').count(),
        TokenKind::Space | TokenKind::Sign | TokenKind::Quoted => 0,
    }
}

fn operators(token: &Token<'_>) -> usize {
    match token.kind {
        TokenKind::Sign => 1,
        TokenKind::Name if matches!(token.text, "and" | "or" | "not" | "if" | "else" | "is" | "in") => 1,
        TokenKind::Name => dots(token),
        TokenKind::Space | TokenKind::Quoted => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Form, NamePolicy, Scope, holds, names, names_of_condition, render},
        *,
    };

    fn scope() -> Scope {
        Scope::new(NamePolicy::Open, [("a", "7"), ("customer.name", "Maria")])
    }

    /// Runs everything that compiles an expression.
    fn work_through(source: &str) -> Vec<String> {
        let text = format!("{{{{ {source} }}}}");
        [
            holds(source, &scope()).err(),
            names_of_condition(source).err(),
            names(&text, Form::Text).err(),
            render(&text, &scope(), Form::Clipped).err(),
        ]
        .into_iter()
        .flatten()
        .map(|fault| fault.detail)
        .collect()
    }

    #[test]
    fn depth_and_parts_are_counted() {
        let table = [
            ("", 0, 0),
            ("a", 0, 1),
            ("a.b.c", 2, 3),
            ("'a.b ~ (c'", 0, 1),
            ("a ~ b ~ c", 2, 5),
            ("a . b", 1, 3),
            ("not a and - b", 3, 5),
            ("((a))", 16, 5),
            ("a[0][0] + 1", 10, 9),
            ("f(a + b, c + d + e)", 10, 12),
            ("(a) + (b) + (c)", 12, 11),
            ("a in [1, 2, 3]", 9, 9),
            ("(a", 8, 2),
            ("a)", 0, 2),
        ];
        for (source, depth, parts) in table {
            assert_eq!(Extent::of(source), Extent { depth, parts }, "{source}");
        }
    }

    #[test]
    fn a_deep_expression_is_refused_before_it_reaches_the_engine() {
        let chain = |first: &str, more: &str, times: usize| format!("{first}{}", more.repeat(times));
        let deep = [
            chain("a", ".a", 1_900),
            chain("a", ".a", 1_300),
            chain("a", "~a", 2_000),
            chain("a", " . a", 900),
            chain("a", "|upper", 600),
            chain("a", "[0]", 1_200),
            chain("a", "()", 1_900),
            chain("a", " is defined", 350),
            chain("a", " if a", 700),
            format!("{}a", "-".repeat(4_000)),
            format!("{}a", "not ".repeat(1_000)),
            format!("{}a{}", "(".repeat(1_500), ")".repeat(1_500)),
            format!("{}a{}", "[".repeat(1_500), "]".repeat(1_500)),
            format!("{}a{}", "a(".repeat(1_000), ")".repeat(1_000)),
            format!("{}a", "{'a':".repeat(800)),
            format!("{}a", "-(".repeat(1_500)),
        ];
        for source in deep {
            let told = work_through(&source);
            assert_eq!(told.len(), 4, "{source:.30}: every way is refused");
            assert!(told.iter().all(|detail| detail.contains("nested too deeply")), "{source:.30}: {told:?}");
        }
        let wide = format!("[{}]", "a,".repeat(600));
        assert!(work_through(&wide).iter().all(|detail| detail.contains("more than 512 parts")), "{wide:.30}");
    }

    #[test]
    fn ordinary_expressions_are_within_the_limits() {
        let alternatives = (0..30).map(|nth| format!("a == {nth}")).collect::<Vec<_>>().join(" or ");
        let requests = (0..30).map(|_| "message is contains('x')").collect::<Vec<_>>().join(" or ");
        let cities = format!("a in [{}]", (0..200).map(|nth| format!("'city {nth}'")).collect::<Vec<_>>().join(", "));
        for source in [alternatives, requests, cities] {
            let told = work_through(&source);
            assert!(told.iter().all(|detail| !detail.contains("Simplify")), "{source:.30}: {told:?}");
        }
    }

    /// Pieces that nest, open and continue, in the engine's own grammar and outside of it, separated by `;`.
    const PIECES: &str = "a;.a;~a;|upper;|default(;(;);[;];[0];{;};{'a':;-;+;not ; if ; else ; is ;defined; in ; and ; \
                          or ;==;<;,;:;'x';\"y;1;1.5;//;%;!=;();a(;**;\\;é; ; is not defined";

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(PIECES.split(';').collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn a_random_expression_is_evaluated_or_refused(
            pieces in prop::collection::vec((piece(), 1..200_usize), 1..12),
        ) {
            let source: String = pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect();
            work_through(&source);
        }

        #[test]
        fn what_is_within_the_limits_fits_on_a_small_stack(piece in piece(), times in 1..4_000_usize, tail in piece()) {
            let source = format!("a{}{tail}", piece.repeat(times));
            // A worker's thread has 2 MB, of which callers use a part.
            let small = std::thread::Builder::new().stack_size(1024 * 1024);
            let worked = small.spawn(move || work_through(&source)).expect("a thread").join();
            prop_assert!(worked.is_ok());
        }
    }

    #[test]
    fn what_stands_before_a_comma_counts_too() {
        let depth = |source: &str| Extent::of(source).depth;
        assert_eq!(depth("[((((a)))), b]"), depth("[((((a))))]"));
        assert_eq!(depth("[b, ((((a))))]"), depth("[((((a))))]"));
    }
}
