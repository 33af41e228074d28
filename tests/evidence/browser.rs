//! Chromium without a screen, as WebDriver drives it.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::processes::Group;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long a reader would wait before calling it broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// No sandbox, because root has none in a container; nothing that would speak to the net by itself.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
    "--window-size=1000,1400",
];

/// A browser of its own, with a profile that nobody used before.
pub struct Chromium {
    page: Client,
    _driver: Group,
}

impl Chromium {
    /// Opens a page from disk.
    pub async fn open(file: &Path, profile: &Path) -> Result<Self> {
        fs::create_dir_all(profile)?;
        let mut driver = Group::start(
            Command::new("chromedriver")
                .arg("--port=0")
                .env("XDG_CONFIG_HOME", profile)
                .env("XDG_CACHE_HOME", profile)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let port = port(&mut driver)?;
        let own = format!("--user-data-dir={}", profile.join("browser").display());
        let mut flags: Vec<&str> = FLAGS.to_vec();
        flags.push(&own);
        let Value::Object(capabilities) = json!({"browserName": "chrome", "goog:chromeOptions": {"args": flags}})
        else {
            return Err("capabilities are an object".into());
        };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let page = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        page.goto(&format!("file://{}", file.display())).await?;
        Ok(Self { page, _driver: driver })
    }

    /// Waits until a part is there.
    pub async fn find(&self, selector: &str) -> Result<Element> {
        let found = self.page.wait().at_most(PATIENCE);
        let found = found.for_element(Locator::Css(selector)).await;
        Ok(found.map_err(|error| format!("no {selector} on the page: {error}"))?)
    }

    /// How many parts of the page fit the selector at this moment.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.page.find_all(Locator::Css(selector)).await?.len())
    }

    pub async fn text(&self, selector: &str) -> Result<String> {
        let text = self.find(selector).await?.prop("textContent").await?;
        Ok(text.unwrap_or_default())
    }

    /// Gives a file to the picker that stands beside a button.
    pub async fn give(&self, button: &str, file: &Path) -> Result<()> {
        let picker = self.find(&format!("span:has(> #{button}) > input[type=file]")).await?;
        let path = file.to_str().ok_or("the path is no text")?;
        Ok(picker.send_keys(path).await?)
    }

    pub async fn choose(&self, selector: &str, value: &str) -> Result<()> {
        Ok(self.find(selector).await?.select_by_value(value).await?)
    }

    /// Waits until a fact of the verdict has these words.
    pub async fn fact(&self, words: &str) -> Result<()> {
        let place = format!("//dd[text()='{words}']");
        let found = self.page.wait().at_most(PATIENCE);
        let found = found.for_element(Locator::XPath(&place)).await;
        found.map_err(|error| format!("no verdict on {words}: {error}"))?;
        Ok(())
    }

    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.page.execute(script, Vec::new()).await?)
    }

    /// Writes a picture to `target/show/02/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/show/02");
        fs::create_dir_all(&folder)?;
        let picture = self.page.screenshot().await?;
        Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
    }

    /// Ends the browser; the driver ends with this value.
    pub async fn close(self) -> Result<()> {
        Ok(self.page.clone().close().await?)
    }
}

/// The driver chooses a free port and says so: `ChromeDriver was started successfully on port 38123.`
fn port(driver: &mut Group) -> Result<u16> {
    for line in BufReader::new(driver.output()?).lines() {
        let line = line?;
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return Ok(port.trim_end_matches('.').parse()?);
        }
    }
    Err("chromedriver ended without naming its port".into())
}
