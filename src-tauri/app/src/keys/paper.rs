//! The page of a recovery kit: one sheet of A4 (ISO 216), without scripts and without anything from elsewhere.

use super::{fingerprint, phrase};
use crate::error::UserError;
use crate::firm::Firm;
use crate::names;
use crate::words::{Language, say};
use ledger::{PublicKey, Subject};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;
use systems::shared::goods::LocalText;
use zeroize::Zeroizing;

/// Light modules around a QR code (ISO/IEC 18004:2024, 5.3.8).
const BORDER: usize = 4;

const STYLE: &str = "@page{size:A4;margin:12mm 14mm}@media print{body{padding:0!important;font-size:9.5pt!important}}*{box-sizing:border-box}\
body{font:10.5pt/1.4 system-ui,'Noto Sans','Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#111;background:#fff;\
margin:0 auto;max-width:182mm;padding:4mm 0}h1{font-size:18pt;margin:0 0 1mm}h2{font-size:11.5pt;margin:5mm 0 1.5mm}\
p{margin:0 0 2mm}.secret{border:1.5pt solid #b00020;border-radius:2mm;padding:2mm 4mm;font-weight:600}\
dl{display:grid;grid-template-columns:34mm 1fr;gap:1mm 4mm;margin:4mm 0}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}\
.mono{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:9pt}\
.both{display:grid;grid-template-columns:1fr 58mm;gap:6mm;align-items:start}\
.words{display:grid;grid-template-columns:repeat(3,1fr);gap:1.5mm 3mm;margin:0;padding:0;list-style:none;counter-reset:n}\
.words li{counter-increment:n;border-bottom:.5pt solid #999;font:600 12pt/1.5 ui-monospace,'DejaVu Sans Mono',Consolas,monospace;\
white-space:nowrap}.words li::before{content:counter(n);display:inline-block;width:7mm;color:#555;font:9pt/1 sans-serif}\
svg{width:58mm;height:58mm;display:block}ol{margin:0;padding-left:5mm}ol li{margin-bottom:1mm}";

/// The page for a kit with this seed and key.
pub(super) fn page(
    firm: &Firm,
    seed: &[u8; 32],
    key: &PublicKey,
    language: Language,
) -> Result<Zeroizing<String>, UserError> {
    let party = firm.acting().party;
    let network = firm.node.network();
    let words = phrase::words(seed)?;
    let code = phrase::code(&network, &party, &words);
    let name = names::row(firm, &Subject::party(&party))?.name;
    let told = |code: &str| escaped(&say(language, code, &[]));
    let (lang, title) = (tag(language), told("kit.title"));
    let now = firm.clock.now().to_string();
    let facts = [
        ("kit.firm", escaped(in_language(&name, language)), ""),
        ("kit.party", party.to_string(), "mono"),
        ("kit.network", escaped(firm.node.genesis().name()), ""),
        ("kit.network-id", network.to_string(), "mono"),
        ("kit.fingerprint", fingerprint(key), "mono"),
        ("kit.made", now.get(..10).unwrap_or_default().to_owned(), ""),
    ];
    // With room for all of it, so that no half of the secret stays behind in memory when the text grows.
    let mut page = Zeroizing::new(String::with_capacity(64 * 1024));
    let mut lines = String::new();
    for (code, value, class) in facts {
        let _never_fails = write!(lines, "<dt>{}</dt><dd class=\"{class}\">{value}</dd>", told(code));
    }
    page.push_str(&format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head><body>\
         <h1>{title}</h1><p class=\"secret\">{}</p><dl>{lines}</dl><div class=\"both\"><div><h2>{}</h2><ol class=\"words\">",
        told("kit.secret"),
        told("kit.words"),
    ));
    for word in &words {
        page.push_str("<li>");
        page.push_str(word);
        page.push_str("</li>");
    }
    page.push_str("</ol></div><div>");
    page.push_str(&picture(&code, &told("kit.code"))?);
    page.push_str("</div></div>");
    for (head, steps) in [("kit.now", NOW), ("kit.use", USE), ("kit.keep", KEEP)] {
        let steps = steps.iter().map(|step| format!("<li>{}</li>", told(step)));
        let steps: String = steps.collect();
        page.push_str(&format!("<h2>{}</h2><ol>{steps}</ol>", told(head)));
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

const NOW: &[&str] = &["kit.now-print", "kit.now-try", "kit.now-delete"];
const USE: &[&str] = &["kit.use-install", "kit.use-words", "kit.use-sign", "kit.use-new"];
const KEEP: &[&str] = &["kit.keep-place", "kit.keep-never", "kit.keep-changed"];

const fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh-Hans",
        Language::De => "de",
    }
}

fn in_language(name: &LocalText, language: Language) -> &str {
    let wanted = match language {
        Language::En => &name.en,
        Language::Zh => &name.zh,
        Language::De => &name.de,
    };
    wanted.as_deref().unwrap_or_else(|| names::any(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The QR code as one path, sharp at any size; error correction M, since paper gets creases.
fn picture(text: &str, label: &str) -> Result<Zeroizing<String>, UserError> {
    let failed = |error| UserError::new("program-fault").with("what", error);
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(failed)?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = Zeroizing::new(String::with_capacity(colors.len() * 16));
    for (at, _) in colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (x, y) = (at % width + BORDER, at / width + BORDER);
        let _never_fails = write!(path, "M{x} {y}h1v1h-1z");
    }
    let size = width + 2 * BORDER;
    Ok(Zeroizing::new(format!(
        "<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{}\"/></svg>",
        *path
    )))
}
