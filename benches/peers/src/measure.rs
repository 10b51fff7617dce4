//! Timing in turns: A B C A B C …, so that a slow second slows them all; and by the processor's time
//! that the thread had, so that waiting for others on the same core does not count.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// One who does the work of an operation.
pub struct Contender<'a> {
    pub name: &'static str,
    pub work: Box<dyn FnMut() + 'a>,
}

/// What the work took one of them, in microseconds a unit.
pub struct Timing {
    pub name: &'static str,
    /// The median of the rounds; of keys the mean.
    pub typical: f64,
    /// The fastest and the slowest round.
    pub range: [f64; 2],
}

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// What the rounds of one operation take together, roughly.
    pub time: Duration,
    /// As little as shows that it runs.
    pub quick: bool,
}

impl Effort {
    /// How many keys each generates at least.
    pub fn keys(self) -> u32 {
        if self.quick { 4 } else { KEYS }
    }
}

/// The median of rounds, each a slice of time in which one repeats the work. A repetition does `units`
/// of it.
pub fn medians(contenders: &mut [Contender], units: u32, effort: Effort) -> Vec<Timing> {
    let (rounds, least) = if effort.quick { (3, 3) } else { (ROUNDS, MIN_ROUNDS) };
    let slice = effort.time.as_secs_f64() / f64::from(rounds) / contenders.len() as f64;
    let repetitions: Vec<u32> = contenders
        .iter_mut()
        .map(|contender| {
            run(contender, 1);
            (slice / run(contender, 1)).clamp(1.0, 1e6) as u32
        })
        .collect();
    let mut times = vec![Vec::new(); contenders.len()];
    let start = Instant::now();
    for round in 0..rounds {
        if round >= least && start.elapsed() > effort.time {
            break;
        }
        for ((contender, repetitions), times) in
            contenders.iter_mut().zip(&repetitions).zip(&mut times)
        {
            times.push(run(contender, *repetitions) / f64::from(*repetitions * units));
        }
    }
    let timing = |(contender, mut times): (&Contender, Vec<f64>)| {
        times.sort_by(f64::total_cmp);
        Timing {
            name: contender.name,
            typical: median(&times) * 1e6,
            range: [times[0] * 1e6, times[times.len() - 1] * 1e6],
        }
    };
    contenders.iter().zip(times).map(timing).collect()
}

/// The mean of as many repetitions for all: of work whose time is luck, as a search for primes is.
/// The range is of the means of the rounds.
pub fn means(contenders: &mut [Contender], effort: Effort) -> Vec<Timing> {
    let rounds = if effort.quick { 2 } else { 12 };
    let once: f64 = contenders.iter_mut().map(|contender| run(contender, 1)).sum();
    let fit = effort.time.as_secs_f64() / f64::from(rounds) / once;
    let repetitions = (fit as u32).max(effort.keys().div_ceil(rounds));
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            times.push(run(contender, repetitions) / f64::from(repetitions));
        }
    }
    let timing = |(contender, times): (&Contender, Vec<f64>)| Timing {
        name: contender.name,
        typical: times.iter().sum::<f64>() / times.len() as f64 * 1e6,
        range: [
            times.iter().copied().fold(f64::INFINITY, f64::min) * 1e6,
            times.iter().copied().fold(0.0, f64::max) * 1e6,
        ],
    };
    contenders.iter().zip(times).map(timing).collect()
}

/// The seconds that so many repetitions take.
fn run(contender: &mut Contender, repetitions: u32) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..repetitions {
        (contender.work)();
    }
    start.elapsed().as_secs_f64()
}

/// Of sorted times.
fn median(times: &[f64]) -> f64 {
    let middle = times.len() / 2;
    if times.len() % 2 == 1 { times[middle] } else { (times[middle - 1] + times[middle]) / 2.0 }
}

/// As many as the time is divided into.
const ROUNDS: u32 = 101;
/// Of work that takes longer than its slices.
const MIN_ROUNDS: u32 = 5;
/// Keys of each generator: the time to find a prime varies with a deviation of about half of it.
const KEYS: u32 = 60;
