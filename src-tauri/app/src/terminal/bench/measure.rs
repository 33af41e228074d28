//! Clocks and scales.

use std::path::Path;

/// Processor time of this process so far, in milliseconds (Linux; 0 elsewhere). The kernel counts in hundredths of a second.
pub fn cpu_ms() -> f64 {
    process_cpu_ms(std::process::id())
}

/// As [`cpu_ms`], of another process.
pub fn process_cpu_ms(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets that may hold spaces; utime and stime are the 14th and 15th.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10.0
}

/// Resident memory of this process in bytes (Linux; 0 elsewhere).
pub fn rss() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok())
        .unwrap_or(0.0)
        * 4096.0
}

/// The size of a file in bytes, 0 if it is not there.
pub fn size(path: &Path) -> f64 {
    std::fs::metadata(path).map_or(0.0, |data| data.len() as f64)
}

/// The value below which a share of the sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (share * (sorted.len().saturating_sub(1)) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

/// Rounded to three digits behind the point, for reading.
pub fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
