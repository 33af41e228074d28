//! Countries by the names people write in sheets. Codes: ISO 3166-1:2020; names: common short forms in English, Chinese
//! and German, written down here for import only; what is not found stays a name.

/// Code, then the names in small letters, `|` between them.
const NAMES: &[(&str, &str)] = &[
    ("AE", "united arab emirates|uae|阿联酋|vereinigte arabische emirate"),
    ("AF", "afghanistan|阿富汗"),
    ("AO", "angola|安哥拉"),
    ("AR", "argentina|阿根廷|argentinien"),
    ("AT", "austria|奥地利|österreich"),
    ("AU", "australia|澳大利亚|australien"),
    ("AZ", "azerbaijan|阿塞拜疆|aserbaidschan"),
    ("BD", "bangladesh|孟加拉国|bangladesch"),
    ("BE", "belgium|比利时|belgien"),
    ("BG", "bulgaria|保加利亚|bulgarien"),
    ("BI", "burundi|布隆迪"),
    ("BJ", "benin|贝宁"),
    ("BR", "brazil|巴西|brasilien"),
    ("BW", "botswana|博茨瓦纳|botsuana"),
    ("BY", "belarus|白俄罗斯"),
    ("CA", "canada|加拿大|kanada"),
    ("CD", "congo, drc|democratic republic of the congo|刚果（金）|刚果(金)"),
    ("CH", "switzerland|瑞士|schweiz"),
    ("CI", "côte d'ivoire|cote d'ivoire|ivory coast|科特迪瓦|elfenbeinküste"),
    ("CL", "chile|智利"),
    ("CM", "cameroon|喀麦隆|kamerun"),
    ("CN", "china|prc|p.r. china|中国|volksrepublik china"),
    ("CO", "colombia|哥伦比亚|kolumbien"),
    ("CY", "cyprus|塞浦路斯|zypern"),
    ("CZ", "czech republic|czechia|捷克|tschechien"),
    ("DE", "germany|德国|deutschland"),
    ("DK", "denmark|丹麦|dänemark"),
    ("DO", "dominican republic|多米尼加"),
    ("EE", "estonia|爱沙尼亚|estland"),
    ("EG", "egypt|埃及|ägypten"),
    ("ES", "spain|西班牙|spanien"),
    ("ET", "ethiopia|埃塞俄比亚|äthiopien"),
    ("FI", "finland|芬兰|finnland"),
    ("FR", "france|法国|frankreich"),
    (
        "GB",
        "united kingdom|uk|great britain|england|英国|vereinigtes königreich",
    ),
    ("GE", "georgia|格鲁吉亚|georgien"),
    ("GH", "ghana|加纳"),
    ("GN", "guinea|几内亚"),
    ("GR", "greece|希腊|griechenland"),
    ("GT", "guatemala|危地马拉"),
    ("GY", "guyana|圭亚那"),
    ("HK", "hong kong|香港|hongkong"),
    ("HR", "croatia|克罗地亚|kroatien"),
    ("HT", "haiti|海地"),
    ("HU", "hungary|匈牙利|ungarn"),
    ("ID", "indonesia|印度尼西亚|indonesien"),
    ("IE", "ireland|爱尔兰|irland"),
    ("IL", "israel|以色列"),
    ("IN", "india|印度|indien"),
    ("IR", "iran|伊朗"),
    ("IT", "italy|意大利|italien"),
    ("JP", "japan|日本"),
    ("KE", "kenya|肯尼亚|kenia"),
    ("KG", "kyrgyzstan|吉尔吉斯斯坦|kirgisistan"),
    ("KH", "cambodia|柬埔寨|kambodscha"),
    ("KR", "south korea|korea|韩国|südkorea"),
    ("KZ", "kazakhstan|哈萨克斯坦|kasachstan"),
    ("LA", "laos|老挝"),
    ("LB", "lebanon|黎巴嫩|libanon"),
    ("LK", "sri lanka|斯里兰卡"),
    ("LR", "liberia|利比里亚"),
    ("LS", "lesotho|莱索托"),
    ("LT", "lithuania|立陶宛|litauen"),
    ("LU", "luxembourg|卢森堡|luxemburg"),
    ("LV", "latvia|拉脱维亚|lettland"),
    ("LY", "libya|利比亚|libyen"),
    ("MA", "morocco|摩洛哥|marokko"),
    ("ML", "mali|马里"),
    ("MM", "myanmar|burma|缅甸"),
    ("MN", "mongolia|蒙古|mongolei"),
    ("MT", "malta|马耳他"),
    ("MW", "malawi|马拉维"),
    ("MX", "mexico|墨西哥|mexiko"),
    ("MY", "malaysia|马来西亚"),
    ("MZ", "mozambique|莫桑比克|mosambik"),
    ("NA", "namibia|纳米比亚"),
    ("NG", "nigeria|尼日利亚"),
    ("NL", "netherlands|the netherlands|holland|荷兰|niederlande"),
    ("NO", "norway|挪威|norwegen"),
    ("NP", "nepal|尼泊尔"),
    ("NZ", "new zealand|新西兰|neuseeland"),
    ("OM", "oman|阿曼"),
    ("PE", "peru|秘鲁"),
    ("PH", "philippines|菲律宾|philippinen"),
    ("PK", "pakistan|巴基斯坦"),
    ("PL", "poland|波兰|polen"),
    ("PT", "portugal|葡萄牙"),
    ("QA", "qatar|卡塔尔|katar"),
    ("RO", "romania|罗马尼亚|rumänien"),
    ("RS", "serbia|塞尔维亚|serbien"),
    ("RU", "russia|russian federation|俄罗斯|russland"),
    ("RW", "rwanda|卢旺达|ruanda"),
    ("SA", "saudi arabia|沙特阿拉伯|saudi-arabien"),
    ("SD", "sudan|苏丹"),
    ("SE", "sweden|瑞典|schweden"),
    ("SG", "singapore|新加坡|singapur"),
    ("SI", "slovenia|斯洛文尼亚|slowenien"),
    ("SK", "slovakia|斯洛伐克|slowakei"),
    ("SL", "sierra leone|塞拉利昂"),
    ("SN", "senegal|塞内加尔"),
    ("SS", "south sudan|南苏丹|südsudan"),
    ("SZ", "swaziland|eswatini|斯威士兰"),
    ("TG", "togo|多哥"),
    ("TH", "thailand|泰国"),
    ("TJ", "tajikistan|塔吉克斯坦|tadschikistan"),
    ("TM", "turkmenistan|土库曼斯坦"),
    ("TN", "tunisia|突尼斯|tunesien"),
    ("TR", "turkey|türkiye|土耳其|türkei"),
    ("TW", "taiwan|台湾"),
    ("TZ", "tanzania|坦桑尼亚|tansania"),
    ("UA", "ukraine|乌克兰"),
    ("UG", "uganda|乌干达"),
    (
        "US",
        "united states|usa|u.s.a.|united states of america|美国|vereinigte staaten",
    ),
    ("UZ", "uzbekistan|乌兹别克斯坦|usbekistan"),
    ("VN", "vietnam|viet nam|越南"),
    ("ZA", "south africa|南非|südafrika"),
    ("ZM", "zambia|赞比亚|sambia"),
    ("ZW", "zimbabwe|津巴布韦|simbabwe"),
];

/// The country of this name, or of the last part of a place such as `Aurobindo Unit III, India`.
pub(crate) fn by_name(text: &str) -> Option<&'static str> {
    let whole = text.trim().to_lowercase();
    let last = whole.rsplit(',').next().unwrap_or_default().trim().to_owned();
    let word = whole.rsplit(' ').next().unwrap_or_default().to_owned();
    let found = |name: &str| {
        NAMES
            .iter()
            .find(|(_, names)| names.split('|').any(|known| known == name))
            .map(|(code, _)| *code)
    };
    found(&whole).or_else(|| found(&last)).or_else(|| found(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_alone_and_at_the_end_of_a_place() {
        for (text, code) in [
            ("Côte d'Ivoire", "CI"),
            ("Aurobindo Unit III, India", "IN"),
            ("ABBVIE Ludwigshafen Germany", "DE"),
            ("德国", "DE"),
        ] {
            assert_eq!(by_name(text), Some(code), "{text}");
        }
        assert_eq!(by_name("Ranbaxy Fine Chemicals LTD"), None);
    }

    #[test]
    fn every_code_is_one() {
        assert!(
            NAMES
                .iter()
                .all(|(code, _)| systems::shared::codes::CountryCode::parse(code).is_ok())
        );
    }
}
