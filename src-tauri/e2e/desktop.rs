//! One open window and what a person can do with it. Parts of the page are named by their `data-testid`.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time};

use crate::screen::{Display, Driver, Renderer};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long a person would wait before calling it broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the page is looked at while it is waited for.
const POLL: Duration = Duration::from_millis(50);

/// The three languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    En,
    Zh,
    De,
}

impl Language {
    /// As the page names it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
            Self::De => "de",
        }
    }

    /// As the page declares itself to be written in.
    fn page(self) -> &'static str {
        match self {
            Self::En => "en-GB",
            Self::Zh => "zh-CN",
            Self::De => "de-DE",
        }
    }
}

/// The real program in a real window; its processes end with it.
pub struct Desktop {
    page: Client,
    downloads: PathBuf,
    /// Where pictures go.
    pictures: PathBuf,
    // Fields are dropped in this order: the window first, then the screen it stands on.
    driver: Driver,
    _display: Display,
}

impl Desktop {
    /// Opens the window on the ledger in `data`.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::start_for("02", data).await
    }

    /// As `start`; its pictures go to `target/show/ISSUE`.
    pub async fn start_for(issue: &str, data: &Path) -> Result<Self> {
        let program = Path::new(env!("CARGO_BIN_EXE_sealroad-desktop"));
        Self::open(issue, data, program, Renderer::Pictured).await
    }

    /// Opens the window of a program as a user's machine draws it; no picture can be taken of it.
    pub async fn start_plain(program: &Path, data: &Path) -> Result<Self> {
        Self::open("none", data, program, Renderer::Frugal).await
    }

    async fn open(issue: &str, data: &Path, program: &Path, renderer: Renderer) -> Result<Self> {
        let display = Display::start()?;
        let driver = Driver::start(&display, &data.join("window"), renderer)?;
        listening(&driver.address).await?;
        let browser = json!({
            "webkitgtk:browserOptions": {
                "binary": program,
                "args": ["--data", data.join("ledger")],
            }
        });
        let Value::Object(capabilities) = browser else {
            return Err("capabilities are an object".into());
        };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let mut builder = ClientBuilder::new(connector);
        let door = format!("http://{}", driver.address);
        let page = builder.capabilities(capabilities).connect(&door);
        let page = time::timeout(PATIENCE * 3, page)
            .await
            .map_err(|_| "the window did not open")??;
        Ok(Self {
            page,
            downloads: driver.downloads.clone(),
            pictures: Path::new(env!("CARGO_MANIFEST_DIR")).join("target/show").join(issue),
            driver,
            _display: display,
        })
    }

    /// The driver's process, of which those of the window descend.
    pub fn driver(&self) -> u32 {
        self.driver.process()
    }

    /// Chooses the language with the switch that every page has.
    pub async fn speak(&self, language: Language) -> Result<()> {
        self.click("language-switch").await?;
        // The list of choices has no name of its own: each choice carries its language.
        self.find(&format!("[role=option][value={}]", language.tag()))
            .await?
            .click()
            .await?;
        self.find(&format!("html[lang={}]", language.page())).await?;
        Ok(())
    }

    /// Waits until the part is there and gives it back.
    pub async fn wait_for(&self, testid: &str) -> Result<Element> {
        self.find(&format!("[data-testid=\"{testid}\"]")).await
    }

    /// As `wait_for`, for what only a CSS selector can name.
    pub async fn find(&self, selector: &str) -> Result<Element> {
        let found = self
            .page
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(format!(
                "no {selector} on the page ({error}); it shows: {}",
                self.everything().await
            )
            .into()),
        }
    }

    /// Waits until exactly so many parts of the page fit the selector.
    pub async fn wait_count(&self, selector: &str, wanted: usize) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.count(selector).await?;
            if found == wanted {
                return Ok(());
            }
            if Instant::now() >= end {
                let shown = self.everything().await;
                return Err(format!("{found} x {selector}, not {wanted}; the page shows: {shown}").into());
            }
            time::sleep(POLL).await;
        }
    }

    /// How many parts of the page fit the selector at this moment.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.page.find_all(Locator::Css(selector)).await?.len())
    }

    /// The words of a part. The property is read because WebDriver's own text is empty inside clipped boxes.
    pub async fn text(&self, testid: &str) -> Result<String> {
        Ok(self
            .wait_for(testid)
            .await?
            .prop("textContent")
            .await?
            .unwrap_or_default())
    }

    /// Waits until the words of a part contain `words`.
    pub async fn wait_for_text(&self, testid: &str, words: &str) -> Result<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let text = self.text(testid).await?;
            if text.contains(words) {
                return Ok(text);
            }
            if Instant::now() >= end {
                return Err(format!("{testid:?} never says {words:?}; it says {text:?}").into());
            }
            time::sleep(POLL).await;
        }
    }

    pub async fn click(&self, testid: &str) -> Result<()> {
        Ok(self.wait_for(testid).await?.click().await?)
    }

    /// Types into a field.
    pub async fn fill(&self, testid: &str, text: &str) -> Result<()> {
        Ok(self.wait_for(testid).await?.send_keys(text).await?)
    }

    /// Types into a field with a list, and takes the entry that says `wanted`.
    pub async fn choose(&self, testid: &str, typed: &str, wanted: &str) -> Result<()> {
        let field = self.wait_for(testid).await?;
        field.click().await?;
        field.send_keys(typed).await?;
        // Found and clicked in one step: the list is drawn anew with every answer to what was typed.
        let script = "const [field, wanted] = arguments;
            const list = document.getElementById(field.getAttribute('aria-controls'));
            const entry = [...(list?.querySelectorAll('[role=option]') ?? [])].find(
                (one) => one.offsetParent !== null && one.textContent.includes(wanted));
            entry?.click();
            return entry !== undefined;";
        let handle = serde_json::to_value(&field)?;
        let end = Instant::now() + PATIENCE;
        while self.page.execute(script, vec![handle.clone(), json!(wanted)]).await? != Value::Bool(true) {
            if Instant::now() >= end {
                let shown = self.everything().await;
                return Err(format!("{testid} never offers {wanted:?}; the page shows: {shown}").into());
            }
            time::sleep(POLL).await;
        }
        self.find(&format!("[data-testid=\"{testid}\"]:not([aria-expanded=true])"))
            .await?;
        Ok(())
    }

    /// Presses one key, wherever the focus is.
    pub async fn press(&self, value: char) -> Result<()> {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        Ok(self.page.perform_actions(keys).await?)
    }

    /// Types a label and Enter as a scanner does: without a pause between the keys, wherever the focus is.
    pub async fn scan(&self, label: &str) -> Result<()> {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in label.chars().chain(['\u{E007}']) {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        Ok(self.page.perform_actions(keys).await?)
    }

    /// Drops a file on a part, with the events a person's drag makes.
    pub async fn drop_file(&self, testid: &str, file: &Path) -> Result<()> {
        let target = self.wait_for(testid).await?;
        let name = file
            .file_name()
            .ok_or("a file has a name")?
            .to_string_lossy()
            .into_owned();
        let script = "const [target, name, bytes] = arguments;
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name));
            for (const type of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }));
            }";
        self.page
            .execute(
                script,
                vec![serde_json::to_value(target)?, json!(name), json!(fs::read(file)?)],
            )
            .await?;
        Ok(())
    }

    /// Waits for a file that the window has saved, whose name ends so, and gives its bytes back.
    pub async fn downloaded(&self, ending: &str) -> Result<Vec<u8>> {
        let end = Instant::now() + PATIENCE;
        loop {
            for entry in fs::read_dir(&self.downloads)? {
                let file = entry?.path();
                // Until it is complete the file has another name.
                if file.to_string_lossy().ends_with(ending) {
                    return Ok(fs::read(file)?);
                }
            }
            if Instant::now() >= end {
                return Err(format!("no *{ending} was saved in {}", self.downloads.display()).into());
            }
            time::sleep(POLL).await;
        }
    }

    /// Rolls the page until the part stands at its top.
    pub async fn roll_to(&self, testid: &str) -> Result<()> {
        let part = serde_json::to_value(self.wait_for(testid).await?)?;
        self.page.execute("arguments[0].scrollIntoView()", vec![part]).await?;
        Ok(())
    }

    /// Runs a script that calls its last argument with the answer.
    pub async fn evaluate(&self, script: &str) -> Result<Value> {
        Ok(self.page.execute_async(script, Vec::new()).await?)
    }

    /// Writes a picture of the page to `target/show/ISSUE/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        // What stands in the page is on the screen one frame later, in its own letters once the fonts are there.
        let painted = "const done = arguments[arguments.length - 1];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.evaluate(painted).await?;
        fs::create_dir_all(&self.pictures)?;
        let file = self.pictures.join(format!("{name}.png"));
        fs::write(&file, self.page.screenshot().await?)?;
        Ok(file)
    }

    /// Closes the window as a person does, so that the program ends by itself.
    pub async fn close(self) -> Result<()> {
        Ok(self.page.clone().close().await?)
    }

    async fn everything(&self) -> String {
        let body = self.page.execute("return document.body.innerText", Vec::new()).await;
        body.ok()
            .and_then(|words| words.as_str().map(str::to_owned))
            .unwrap_or_else(|| "nothing".to_owned())
    }
}

/// The driver says nothing when it is ready, so its door is tried until it opens.
async fn listening(address: &str) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect(address).await.is_err() {
        if Instant::now() >= end {
            return Err(format!("WebKitWebDriver never listened on {address}").into());
        }
        time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
