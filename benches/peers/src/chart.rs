//! The ratios to the best peer as a drawing: a bar an operation, on a logarithmic scale from 1.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::operations::Kind;
use crate::table::{Row, time};

/// Draws the rows that have a ratio.
pub fn draw(file: &Path, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let groups: Vec<(Kind, Vec<&Row>)> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let own = rows.iter().filter(|row| row.kind == kind && row.ratio().is_some());
            (kind, own.collect())
        })
        .filter(|(_, rows): &(_, Vec<_>)| !rows.is_empty())
        .collect();
    let bars: usize = groups.iter().map(|(_, rows)| rows.len()).sum();
    let below = TOP + groups.len() as i32 * HEADING + bars as i32 * BAR + GAP;
    let size = (WIDTH as u32, (below + BOTTOM) as u32);
    let area = SVGBackend::new(file, size).into_drawing_area();
    area.fill(&WHITE)?;
    let canvas = Canvas { area, scale: Scale::around(rows) };
    canvas.titles()?;
    canvas.line([(LEFT, below), (RIGHT, below)], &GREY, 1)?;
    canvas.axis(below)?;
    let mut y = TOP;
    for (kind, rows) in groups {
        y += HEADING;
        canvas.text(heading(kind), (MARGIN, y - 11), 14, &INK, HPos::Left)?;
        canvas.grid([y, y + rows.len() as i32 * BAR])?;
        for row in rows {
            canvas.bar(row, y)?;
            y += BAR;
        }
    }
    canvas.line([(canvas.scale.x(1.0), TOP), (canvas.scale.x(1.0), below)], &INK, 2)?;
    canvas.area.present()?;
    Ok(())
}

struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    scale: Scale,
}

impl Canvas<'_> {
    fn titles(&self) -> Result<(), Box<dyn Error>> {
        self.text("certwright and its fastest peer", (MARGIN, 30), 22, &INK, HPos::Left)?;
        let subtitle = "Time of the fastest of aws-lc-rs, OpenSSL, purecrypto, rcgen, ring and RustCrypto, \
                        divided by certwright's; one core, in turns";
        self.text(subtitle, (MARGIN, 56), 13, &GREY, HPos::Left)?;
        let mut x = MARGIN;
        for (color, label) in [(&FASTER, "certwright is faster"), (&SLOWER, "the peer is faster")] {
            self.rectangle([(x, 74), (x + 12, 86)], color)?;
            self.text(label, (x + 18, 80), 13, &INK, HPos::Left)?;
            x += 170;
        }
        self.text("certwright", (OURS, 80), 13, &INK, HPos::Right)?;
        self.text("fastest peer", (PEER, 80), 13, &INK, HPos::Center)
    }

    fn axis(&self, below: i32) -> Result<(), Box<dyn Error>> {
        for power in self.scale.powers() {
            let ratio = 2f64.powi(power);
            let x = self.scale.x(ratio);
            self.line([(x, below), (x, below + 6)], &GREY, 1)?;
            let label = if power < 0 {
                format!("1/{}×", 1 << -power)
            } else {
                format!("{}×", 1 << power)
            };
            self.text(&label, (x, below + 17), 13, &INK, HPos::Center)?;
        }
        let middle = (LEFT + RIGHT) / 2;
        let label = "speed relative to the fastest peer (logarithmic)";
        self.text(label, (middle, below + 40), 13, &GREY, HPos::Center)
    }

    /// Behind the bars of a group.
    fn grid(&self, [above, below]: [i32; 2]) -> Result<(), Box<dyn Error>> {
        for power in self.scale.powers() {
            let x = self.scale.x(2f64.powi(power));
            self.line([(x, above), (x, below)], &GRID, 1)?;
        }
        Ok(())
    }

    /// A row whose top is at `y`.
    fn bar(&self, row: &Row, y: i32) -> Result<(), Box<dyn Error>> {
        let (Some(ratio), Some(peer)) = (row.ratio(), row.best_peer()) else { return Ok(()) };
        let (from, to) = (self.scale.x(1.0), self.scale.x(ratio));
        let middle = y + BAR / 2;
        self.text(&row.operation, (LEFT - 12, middle), 13, &INK, HPos::Right)?;
        let color = if ratio < 1.0 { &SLOWER } else { &FASTER };
        self.rectangle([(from.min(to), y + 3), (from.max(to), y + BAR - 3)], color)?;
        let (x, side) = if ratio < 1.0 { (to - 6, HPos::Right) } else { (to + 6, HPos::Left) };
        let end = if ratio < 1.0 { x - LABEL } else { x + LABEL };
        self.rectangle([(x.min(end), y + 3), (x.max(end), y + BAR - 3)], &WHITE)?;
        self.text(&format!("{ratio:.2}×"), (x, middle), 12, &INK, side)?;
        self.text(&time(row.ours().typical), (OURS, middle), 12, &GREY, HPos::Right)?;
        self.text(&time(peer.typical), (PEER, middle), 12, &GREY, HPos::Right)?;
        self.text(peer.name, (PEER + 12, middle), 12, &GREY, HPos::Left)
    }

    fn text(
        &self,
        text: &str,
        at: (i32, i32),
        size: i32,
        color: &RGBColor,
        side: HPos,
    ) -> Result<(), Box<dyn Error>> {
        let weight = if size > 13 { FontStyle::Bold } else { FontStyle::Normal };
        let style = ("sans-serif", size, weight).into_font().color(color);
        let style = style.pos(Pos::new(side, VPos::Center));
        Ok(self.area.draw(&Text::new(text.to_owned(), at, style))?)
    }

    fn rectangle(&self, corners: [(i32, i32); 2], color: &RGBColor) -> Result<(), Box<dyn Error>> {
        Ok(self.area.draw(&Rectangle::new(corners, color.filled()))?)
    }

    fn line(
        &self,
        ends: [(i32, i32); 2],
        color: &RGBColor,
        width: u32,
    ) -> Result<(), Box<dyn Error>> {
        Ok(self.area.draw(&PathElement::new(ends, color.stroke_width(width)))?)
    }
}

/// Where a ratio is, by its binary logarithm.
struct Scale {
    least: f64,
    most: f64,
}

impl Scale {
    /// Wide enough for all ratios and their labels, and for a half and a double at least.
    fn around(rows: &[Row]) -> Self {
        let ratios = rows.iter().filter_map(Row::ratio).map(f64::log2);
        let (least, most) =
            ratios.fold((-1.0, 1.0), |(least, most): (f64, f64), r| (least.min(r), most.max(r)));
        // The labels are outside the bars.
        let label = (most - least) * 0.14;
        Self { least: least - label, most: most + label }
    }

    fn x(&self, ratio: f64) -> i32 {
        let part = (ratio.log2() - self.least) / (self.most - self.least);
        LEFT + (part * f64::from(RIGHT - LEFT)).round() as i32
    }

    /// The powers of two on the axis.
    fn powers(&self) -> std::ops::RangeInclusive<i32> {
        self.least.ceil() as i32..=self.most.floor() as i32
    }
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Issue => "Request to recorded certificate",
        Kind::IssueBatch => "The same, 64 requests at once",
        Kind::Keygen => "Key pair",
        Kind::SignBatch => "64 signatures at once, each verified",
        Kind::SignOne => "Signature",
        Kind::Verify => "Verification",
    }
}

const WIDTH: i32 = 1060;
const MARGIN: i32 = 28;
/// Where the bars begin and end.
const LEFT: i32 = 200;
const RIGHT: i32 = 760;
/// The columns at the right: where our times end, and where the peer's do.
const OURS: i32 = 860;
const PEER: i32 = 945;
const TOP: i32 = 96;
const BOTTOM: i32 = 60;
const HEADING: i32 = 32;
const BAR: i32 = 20;
const GAP: i32 = 8;
/// What stands beside a bar.
const LABEL: i32 = 34;

const INK: RGBColor = RGBColor(31, 35, 40);
const GREY: RGBColor = RGBColor(89, 99, 110);
const GRID: RGBColor = RGBColor(222, 226, 231);
const FASTER: RGBColor = RGBColor(22, 128, 96);
const SLOWER: RGBColor = RGBColor(207, 110, 42);
