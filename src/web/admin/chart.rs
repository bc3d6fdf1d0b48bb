//! Charts, drawn by the server: bars on top of each other, as SVG. What they show stands in a table beside them.

/// How wide and how high a chart is, in its own units (the template has the same), and where its bars are.
const WIDTH: i64 = 480;
const HEIGHT: i64 = 220;
const LEFT: i64 = 48;
const TOP: i64 = 12;
const BOTTOM: i64 = 28;
/// Series that have a colour of their own (`.series-0` and on); the rest shares the last.
const COLOURS: usize = 6;
/// Labels below the bars, at most.
const LABELS: usize = 6;

/// What is counted, over time.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Where the chart is on the page, for its title to be found.
    pub id: &'static str,
    pub title: String,
    /// What it says, for those who do not see it.
    pub description: String,
    /// The name of each span of time, the earliest first.
    pub spans: Vec<String>,
    pub series: Vec<Series>,
}

/// One thing that is counted.
#[derive(Clone, Debug)]
pub struct Series {
    pub title: String,
    /// As many as there are spans.
    pub counts: Vec<i64>,
}

/// A rectangle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub class: String,
    /// What it says when it is pointed at.
    pub title: String,
}

/// A line or a label at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub x: i64,
    pub y: i64,
    pub text: String,
}

/// A series, as the legend names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub class: String,
    pub title: String,
    pub total: i64,
}

impl Series {
    fn total(&self) -> i64 {
        self.counts.iter().sum()
    }

    fn count(&self, span: usize) -> i64 {
        self.counts.get(span).copied().unwrap_or(0)
    }
}

/// The class of a series, by its place.
fn class(place: usize) -> String {
    format!("series-{}", place.min(COLOURS - 1))
}

impl Chart {
    /// What each series is called, and its colour.
    pub fn legend(&self) -> Vec<Entry> {
        let entry = |(place, series): (usize, &Series)| Entry {
            class: class(place),
            title: series.title.clone(),
            total: series.total(),
        };
        self.series.iter().enumerate().map(entry).collect()
    }

    /// The same as a table: each span with its counts.
    pub fn rows(&self) -> Vec<(String, Vec<i64>)> {
        let row = |span| self.series.iter().map(|series| series.count(span)).collect();
        self.spans.iter().enumerate().map(|(span, name)| (name.clone(), row(span))).collect()
    }

    /// What the axis ends at: a round number that nothing is above.
    fn top(&self) -> i64 {
        let total = |span: usize| self.series.iter().map(|series| series.count(span)).sum();
        round_up((0..self.spans.len()).map(total).max().unwrap_or(0))
    }

    /// The rectangles, one on top of the other in each span.
    pub fn bars(&self) -> Vec<Bar> {
        let (top, mut bars) = (self.top(), vec![]);
        for (span, name) in self.spans.iter().enumerate() {
            let (x, next) = (self.x(span), self.x(span + 1));
            let mut sum = 0;
            for (place, series) in self.series.iter().enumerate() {
                let count = series.count(span);
                if count <= 0 {
                    continue;
                }
                let (below, above) = (y(sum, top), y(sum + count, top));
                sum += count;
                bars.push(Bar {
                    x: x + 1,
                    y: above,
                    width: (next - x - 2).max(1),
                    height: (below - above).max(1),
                    class: class(place),
                    title: format!("{name}: {} {count}", series.title),
                });
            }
        }
        bars
    }

    /// Lines across, with their numbers.
    pub fn lines(&self) -> Vec<Mark> {
        let top = self.top();
        let values = if top % 2 == 0 { vec![0, top / 2, top] } else { vec![0, top] };
        values.into_iter().map(|value| Mark { x: LEFT, y: y(value, top), text: short(value) }).collect()
    }

    /// The names of some spans, below them.
    pub fn labels(&self) -> Vec<Mark> {
        let every = self.spans.len().div_ceil(LABELS).max(1);
        let named = self.spans.iter().enumerate().step_by(every);
        named.map(|(span, name)| Mark { x: self.x(span), y: HEIGHT - 8, text: name.clone() }).collect()
    }

    fn x(&self, span: usize) -> i64 {
        let (span, spans) = (i64::try_from(span).unwrap_or(0), i64::try_from(self.spans.len()).unwrap_or(1).max(1));
        LEFT + (WIDTH - LEFT) * span / spans
    }
}

/// How high a value stands.
fn y(value: i64, top: i64) -> i64 {
    let height = HEIGHT - TOP - BOTTOM;
    TOP + height - i64::try_from(i128::from(height) * i128::from(value) / i128::from(top)).unwrap_or(height)
}

/// The next of 2, 4, 10, 20, 40, 100 and so on.
fn round_up(value: i64) -> i64 {
    let mut step: i64 = 1;
    loop {
        for top in [step * 2, step * 4, step * 10] {
            if value <= top {
                return top;
            }
        }
        let Some(next) = step.checked_mul(10).filter(|next| *next < i64::MAX / 100) else { return i64::MAX };
        step = next;
    }
}

/// A round number as it fits beside a line: 4k, 20M.
fn short(value: i64) -> String {
    match value {
        1_000_000.. if value % 100_000 == 0 => format!("{}M", tenths(value / 100_000)),
        1_000.. if value % 100 == 0 => format!("{}k", tenths(value / 100)),
        _ => value.to_string(),
    }
}

fn tenths(value: i64) -> String {
    if value % 10 == 0 { (value / 10).to_string() } else { format!("{}.{}", value / 10, value % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(series: &[&[i64]]) -> Chart {
        let spans = series.first().map_or(0, |counts| counts.len());
        let series = series.iter().map(|counts| Series { title: "s".into(), counts: counts.to_vec() });
        Chart { spans: (0..spans).map(|n| n.to_string()).collect(), series: series.collect(), ..Chart::default() }
    }

    #[test]
    fn bars_stand_on_top_of_each_other_and_inside() {
        let bars = chart(&[&[1, 0, 4], &[3, 2, 0]]).bars();
        let place = |bar: &Bar| (bar.y, bar.height);
        assert_eq!(bars.iter().map(place).collect::<Vec<_>>(), [(147, 45), (12, 135), (102, 90), (12, 180)]);
        assert_eq!(
            bars.iter().map(|bar| bar.class.as_str()).collect::<Vec<_>>(),
            ["series-0", "series-1", "series-1", "series-0"]
        );
        assert!(
            bars.iter().all(|bar| bar.x >= LEFT && bar.x + bar.width <= WIDTH && bar.y + bar.height <= HEIGHT - BOTTOM)
        );
        assert_eq!(bars[0].title, "0: s 1");
    }

    #[test]
    fn nothing_and_a_great_many_can_be_drawn() {
        assert!(chart(&[]).bars().is_empty() && chart(&[&[0, 0]]).bars().is_empty());
        assert_eq!(chart(&[&[0]]).lines().len(), 3);
        assert_eq!(chart(&[&[i64::MAX / 1000]]).bars().len(), 1);
        let many = vec![1; 720];
        let chart = chart(&[&many]);
        assert!(chart.bars().iter().all(|bar| bar.width >= 1) && chart.labels().len() <= LABELS);
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (value, top) in
            [(0, 2), (1, 2), (3, 4), (5, 10), (10, 10), (11, 20), (41, 100), (101, 200), (250_001, 400_000)]
        {
            assert_eq!(round_up(value), top, "{value}");
        }
        for (value, text) in
            [(0, "0"), (500, "500"), (1_000, "1k"), (2_500, "2.5k"), (40_000, "40k"), (1_000_000, "1M")]
        {
            assert_eq!(short(value), text);
        }
    }
}
