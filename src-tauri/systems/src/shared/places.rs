//! What towns are called in the three languages.
//!
//! A place is said by one name, in whatever language its author speaks. Where it bears a UN/LOCODE that we know, screens
//! name it in the reader's language; the record keeps what was said. Codes: UN/LOCODE (UN/ECE Recommendation 16), as
//! collected in the open list `locodes.csv` (checked November 2026); names as the languages have them. The UI's list
//! (`ui/src/shared/places.ts`) holds the same, and a test of `app` compares them.

use super::goods::LocalText;
use super::standing::Spot;

/// Code, English, Chinese, German; by code. Nodes of the China–Europe railway and the towns its goods come from and go to.
pub const PLACES: &[(&str, &str, &str, &str)] = &[
    ("BEANR", "Antwerp", "安特卫普", "Antwerpen"),
    ("BELGG", "Liège", "列日", "Lüttich"),
    ("BYBQT", "Brest", "布列斯特", "Brest"),
    ("CNAKL", "Alashankou", "阿拉山口", "Alashankou"),
    ("CNCDU", "Chengdu", "成都", "Chengdu"),
    ("CNCGC", "Changchun", "长春", "Changchun"),
    ("CNCQI", "Chongqing", "重庆", "Chongqing"),
    ("CNGGZ", "Guangzhou", "广州", "Guangzhou"),
    ("CNHRN", "Harbin", "哈尔滨", "Harbin"),
    ("CNHRS", "Horgos", "霍尔果斯", "Horgos"),
    ("CNLAZ", "Lanzhou", "兰州", "Lanzhou"),
    ("CNMLX", "Manzhouli", "满洲里", "Manzhouli"),
    ("CNNBO", "Ningbo", "宁波", "Ningbo"),
    ("CNNHN", "Wuhan", "武汉", "Wuhan"),
    ("CNQIN", "Qingdao", "青岛", "Qingdao"),
    ("CNRLC", "Erenhot", "二连浩特", "Erenhot"),
    ("CNSGH", "Shanghai", "上海", "Shanghai"),
    ("CNSHY", "Shenyang", "沈阳", "Shenyang"),
    ("CNSNZ", "Shenzhen", "深圳", "Shenzhen"),
    ("CNSZH", "Suzhou", "苏州", "Suzhou"),
    ("CNULZ", "Ürümqi", "乌鲁木齐", "Ürümqi"),
    ("CNXIA", "Xi'an", "西安", "Xi’an"),
    ("CNYIU", "Yiwu", "义乌", "Yiwu"),
    ("CNZGZ", "Zhengzhou", "郑州", "Zhengzhou"),
    ("CZPRG", "Prague", "布拉格", "Prag"),
    ("DEBER", "Berlin", "柏林", "Berlin"),
    ("DEDUI", "Duisburg", "杜伊斯堡", "Duisburg"),
    ("DEFFO", "Frankfurt (Oder)", "奥得河畔法兰克福", "Frankfurt (Oder)"),
    ("DEHAM", "Hamburg", "汉堡", "Hamburg"),
    ("DELEJ", "Leipzig", "莱比锡", "Leipzig"),
    ("DEMUC", "Munich", "慕尼黑", "München"),
    ("DENUE", "Nuremberg", "纽伦堡", "Nürnberg"),
    ("ESMAD", "Madrid", "马德里", "Madrid"),
    ("HUBUD", "Budapest", "布达佩斯", "Budapest"),
    ("ITMIL", "Milan", "米兰", "Mailand"),
    ("KZALA", "Almaty", "阿拉木图", "Almaty"),
    ("KZDOS", "Dostyk", "多斯特克", "Dostyk"),
    ("MNZUU", "Zamyn-Üüd", "扎门乌德", "Dsamyn-Üüd"),
    ("NLRTM", "Rotterdam", "鹿特丹", "Rotterdam"),
    ("PLMAA", "Małaszewicze", "马拉舍维奇", "Małaszewicze"),
    ("PLPOZ", "Poznań", "波兹南", "Posen"),
    ("PLSAW", "Sławków", "斯瓦夫库夫", "Sławków"),
    ("PLWAW", "Warsaw", "华沙", "Warschau"),
    ("RUKGD", "Kaliningrad", "加里宁格勒", "Kaliningrad"),
    ("RUMOW", "Moscow", "莫斯科", "Moskau"),
    ("RUZBK", "Zabaykalsk", "后贝加尔斯克", "Sabaikalsk"),
];

/// The name of a place in every language: by its code if we know it, else as it was said.
pub(crate) fn named(spot: &Spot) -> LocalText {
    let known = spot.locode.as_deref().and_then(|code| {
        let place = PLACES.binary_search_by_key(&code, |known| known.0).ok()?;
        PLACES.get(place)
    });
    match known {
        Some((_, en, zh, de)) => LocalText {
            en: Some((*en).to_owned()),
            zh: Some((*zh).to_owned()),
            de: Some((*de).to_owned()),
        },
        None => LocalText::everywhere(&spot.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::codes::UnLocode;

    fn spot(name: &str, locode: Option<&str>) -> Spot {
        Spot {
            gln: None,
            locode: locode.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    #[test]
    fn the_list_ascends_and_its_codes_have_the_right_form() {
        assert!(PLACES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(PLACES.iter().all(|place| UnLocode::parse(place.0).is_ok()));
    }

    #[test]
    fn a_known_code_is_named_in_each_language_and_any_other_place_as_it_was_said() {
        let duisburg = named(&spot("Duisburg Intermodal Terminal", Some("DEDUI")));
        assert_eq!(duisburg.texts().collect::<Vec<_>>(), ["Duisburg", "杜伊斯堡"]);
        let (mill, unknown) = (spot("吉林 mill", None), spot("Somewhere", Some("XXXXX")));
        assert_eq!(named(&mill).texts().collect::<Vec<_>>(), ["吉林 mill"]);
        assert_eq!(named(&unknown).texts().collect::<Vec<_>>(), ["Somewhere"]);
    }
}
