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
    key::Key,
};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time};

use crate::processes::{Display, Driver};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long a person would wait before calling it broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the page keeps the language the user has chosen.
const LANGUAGE_KEY: &str = "sealroad.language";

/// The three languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "not every test target speaks all three")]
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

    fn locale(self) -> &'static str {
        match self {
            Self::En => "en_GB.UTF-8",
            Self::Zh => "zh_CN.UTF-8",
            Self::De => "de_DE.UTF-8",
        }
    }
}

/// The real program in a real window; its processes end with it.
pub struct Desktop {
    page: Client,
    // Fields are dropped in this order: the window first, then the screen it stands on.
    _driver: Driver,
    _display: Display,
}

#[allow(dead_code, reason = "the vocabulary of the journeys; each journey uses its part")]
impl Desktop {
    /// Opens the window on the ledger in `data`.
    pub async fn start(data: &Path, language: Language) -> Result<Self> {
        let display = Display::start()?;
        let driver = Driver::start(&display, &data.join("window"), language.locale())?;
        listening(&driver.address).await?;
        let browser = json!({
            "webkitgtk:browserOptions": {
                "binary": env!("CARGO_BIN_EXE_sealroad-desktop"),
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
        let desktop = Self {
            page,
            _driver: driver,
            _display: display,
        };
        desktop.speak(language).await?;
        Ok(desktop)
    }

    /// Changes the language as the settings page does: the choice is kept and the page is read afresh.
    pub async fn speak(&self, language: Language) -> Result<()> {
        let choose = "localStorage.setItem(arguments[0], arguments[1]);";
        self.page
            .execute(choose, vec![json!(LANGUAGE_KEY), json!(language.tag())])
            .await?;
        self.page.refresh().await?;
        self.wait_for("app").await?;
        Ok(())
    }

    /// Waits until the part is there and gives it back.
    pub async fn wait_for(&self, testid: &str) -> Result<Element> {
        let selector = format!("[data-testid=\"{testid}\"]");
        let found = self
            .page
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(&selector))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(format!(
                "no {testid:?} on the page ({error}); it shows: {}",
                self.everything().await
            )
            .into()),
        }
    }

    /// How many parts of this name the page shows at this moment.
    pub async fn count(&self, testid: &str) -> Result<usize> {
        let selector = format!("[data-testid=\"{testid}\"]");
        Ok(self.page.find_all(Locator::Css(&selector)).await?.len())
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
            time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn click(&self, testid: &str) -> Result<()> {
        Ok(self.wait_for(testid).await?.click().await?)
    }

    /// Replaces what stands in a field.
    pub async fn type_into(&self, testid: &str, text: &str) -> Result<()> {
        let field = self.wait_for(testid).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Chooses one value of a native select.
    pub async fn select(&self, testid: &str, value: &str) -> Result<()> {
        Ok(self.wait_for(testid).await?.select_by_value(value).await?)
    }

    /// Presses one key, with the modifiers held, wherever the focus is.
    pub async fn press(&self, modifiers: &[Key], key: char) -> Result<()> {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for held in modifiers {
            keys = keys.then(KeyAction::Down {
                value: char::from(*held),
            });
        }
        keys = keys
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for held in modifiers.iter().rev() {
            keys = keys.then(KeyAction::Up {
                value: char::from(*held),
            });
        }
        Ok(self.page.perform_actions(keys).await?)
    }

    /// A bar code scanner is a keyboard: the code, then Enter, wherever the focus is.
    pub async fn scan(&self, code: &str) -> Result<()> {
        let mut keys = KeyActions::new("scanner".to_owned());
        for value in code.chars().chain([char::from(Key::Enter)]) {
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

    /// Runs a script that calls its last argument with the answer.
    pub async fn evaluate(&self, script: &str) -> Result<Value> {
        Ok(self.page.execute_async(script, Vec::new()).await?)
    }

    /// Writes a picture of the page to `target/show/02/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/show/02");
        fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{name}.png"));
        fs::write(&file, self.page.screenshot().await?)?;
        Ok(file)
    }

    /// Closes the window as a person does, so that the program ends by itself.
    pub async fn close(self) -> Result<()> {
        Ok(self.page.clone().close().await?)
    }

    async fn everything(&self) -> String {
        let body = self.page.execute("return document.body.textContent", Vec::new()).await;
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
