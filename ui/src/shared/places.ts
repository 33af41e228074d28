// Nodes of the China–Europe railway and the towns its goods come from and go to. Codes and coordinates: UN/LOCODE, as collected in
// the open list `locodes.csv` (MIT licence, checked November 2026); names as the three languages have them.

export interface Known {
  locode: string;
  name: { en: string; zh: string; de: string };
  lat_e6: number;
  lon_e6: number;
}

export const PLACES: Known[] = [
  { locode: "CNXIA", name: { en: "Xi'an", zh: "西安", de: "Xi’an" }, lat_e6: 34_283_333, lon_e6: 108_950_000 },
  { locode: "CNCGC", name: { en: "Changchun", zh: "长春", de: "Changchun" }, lat_e6: 43_900_000, lon_e6: 125_316_666 },
  { locode: "CNCDU", name: { en: "Chengdu", zh: "成都", de: "Chengdu" }, lat_e6: 30_666_666, lon_e6: 104_066_666 },
  { locode: "CNCQI", name: { en: "Chongqing", zh: "重庆", de: "Chongqing" }, lat_e6: 29_583_334, lon_e6: 106_550_000 },
  { locode: "CNZGZ", name: { en: "Zhengzhou", zh: "郑州", de: "Zhengzhou" }, lat_e6: 34_766_666, lon_e6: 113_666_664 },
  { locode: "CNNHN", name: { en: "Wuhan", zh: "武汉", de: "Wuhan" }, lat_e6: 30_583_334, lon_e6: 114_283_330 },
  { locode: "CNYIU", name: { en: "Yiwu", zh: "义乌", de: "Yiwu" }, lat_e6: 29_300_000, lon_e6: 120_066_666 },
  { locode: "CNSGH", name: { en: "Shanghai", zh: "上海", de: "Shanghai" }, lat_e6: 31_233_334, lon_e6: 121_483_330 },
  { locode: "CNSZH", name: { en: "Suzhou", zh: "苏州", de: "Suzhou" }, lat_e6: 31_316_668, lon_e6: 120_616_670 },
  { locode: "CNHRN", name: { en: "Harbin", zh: "哈尔滨", de: "Harbin" }, lat_e6: 45_733_334, lon_e6: 126_600_000 },
  { locode: "CNSHY", name: { en: "Shenyang", zh: "沈阳", de: "Shenyang" }, lat_e6: 41_800_000, lon_e6: 123_416_664 },
  { locode: "CNQIN", name: { en: "Qingdao", zh: "青岛", de: "Qingdao" }, lat_e6: 36_050_000, lon_e6: 120_316_666 },
  { locode: "CNNBO", name: { en: "Ningbo", zh: "宁波", de: "Ningbo" }, lat_e6: 29_866_667, lon_e6: 121_550_000 },
  { locode: "CNSNZ", name: { en: "Shenzhen", zh: "深圳", de: "Shenzhen" }, lat_e6: 22_550_000, lon_e6: 114_116_670 },
  { locode: "CNGGZ", name: { en: "Guangzhou", zh: "广州", de: "Guangzhou" }, lat_e6: 23_133_333, lon_e6: 113_233_330 },
  { locode: "CNLAZ", name: { en: "Lanzhou", zh: "兰州", de: "Lanzhou" }, lat_e6: 36_066_666, lon_e6: 103_850_000 },
  { locode: "CNULZ", name: { en: "Ürümqi", zh: "乌鲁木齐", de: "Ürümqi" }, lat_e6: 43_816_666, lon_e6: 87_600_000 },
  {
    locode: "CNAKL",
    name: { en: "Alashankou", zh: "阿拉山口", de: "Alashankou" },
    lat_e6: 45_183_334,
    lon_e6: 82_433_334,
  },
  { locode: "CNHRS", name: { en: "Horgos", zh: "霍尔果斯", de: "Horgos" }, lat_e6: 44_050_000, lon_e6: 80_833_336 },
  { locode: "CNRLC", name: { en: "Erenhot", zh: "二连浩特", de: "Erenhot" }, lat_e6: 43_422_500, lon_e6: 112_096_664 },
  {
    locode: "CNMLX",
    name: { en: "Manzhouli", zh: "满洲里", de: "Manzhouli" },
    lat_e6: 49_583_332,
    lon_e6: 117_383_330,
  },
  { locode: "KZDOS", name: { en: "Dostyk", zh: "多斯特克", de: "Dostyk" }, lat_e6: 45_250_000, lon_e6: 82_483_330 },
  { locode: "KZALA", name: { en: "Almaty", zh: "阿拉木图", de: "Almaty" }, lat_e6: 43_250_000, lon_e6: 76_950_000 },
  {
    locode: "MNZUU",
    name: { en: "Zamyn-Üüd", zh: "扎门乌德", de: "Dsamyn-Üüd" },
    lat_e6: 43_750_000,
    lon_e6: 111_866_670,
  },
  {
    locode: "RUZBK",
    name: { en: "Zabaykalsk", zh: "后贝加尔斯克", de: "Sabaikalsk" },
    lat_e6: 49_633_335,
    lon_e6: 117_316_666,
  },
  { locode: "RUMOW", name: { en: "Moscow", zh: "莫斯科", de: "Moskau" }, lat_e6: 55_750_000, lon_e6: 37_600_000 },
  { locode: "BYBQT", name: { en: "Brest", zh: "布列斯特", de: "Brest" }, lat_e6: 52_108_300, lon_e6: 23_898_100 },
  {
    locode: "PLMAA",
    name: { en: "Małaszewicze", zh: "马拉舍维奇", de: "Małaszewicze" },
    lat_e6: 52_033_333,
    lon_e6: 23_516_666,
  },
  { locode: "PLWAW", name: { en: "Warsaw", zh: "华沙", de: "Warschau" }, lat_e6: 52_250_000, lon_e6: 21_000_000 },
  { locode: "PLPOZ", name: { en: "Poznań", zh: "波兹南", de: "Posen" }, lat_e6: 52_421_000, lon_e6: 16_826_300 },
  { locode: "PLSAW", name: { en: "Sławków", zh: "斯瓦夫库夫", de: "Sławków" }, lat_e6: 50_300_000, lon_e6: 19_366_667 },
  {
    locode: "RUKGD",
    name: { en: "Kaliningrad", zh: "加里宁格勒", de: "Kaliningrad" },
    lat_e6: 54_890_000,
    lon_e6: 20_592_600,
  },
  {
    locode: "DEFFO",
    name: { en: "Frankfurt (Oder)", zh: "奥得河畔法兰克福", de: "Frankfurt (Oder)" },
    lat_e6: 52_350_000,
    lon_e6: 14_550_000,
  },
  { locode: "DEBER", name: { en: "Berlin", zh: "柏林", de: "Berlin" }, lat_e6: 52_516_666, lon_e6: 13_383_333 },
  { locode: "DELEJ", name: { en: "Leipzig", zh: "莱比锡", de: "Leipzig" }, lat_e6: 51_423_890, lon_e6: 12_236_389 },
  { locode: "DEDUI", name: { en: "Duisburg", zh: "杜伊斯堡", de: "Duisburg" }, lat_e6: 51_466_667, lon_e6: 6_750_000 },
  { locode: "DEHAM", name: { en: "Hamburg", zh: "汉堡", de: "Hamburg" }, lat_e6: 53_516_666, lon_e6: 9_933_333 },
  { locode: "DENUE", name: { en: "Nuremberg", zh: "纽伦堡", de: "Nürnberg" }, lat_e6: 49_433_334, lon_e6: 11_066_667 },
  { locode: "DEMUC", name: { en: "Munich", zh: "慕尼黑", de: "München" }, lat_e6: 48_150_000, lon_e6: 11_583_333 },
  { locode: "BELGG", name: { en: "Liège", zh: "列日", de: "Lüttich" }, lat_e6: 50_633_335, lon_e6: 5_566_667 },
  { locode: "BEANR", name: { en: "Antwerp", zh: "安特卫普", de: "Antwerpen" }, lat_e6: 51_216_667, lon_e6: 4_416_666 },
  { locode: "NLRTM", name: { en: "Rotterdam", zh: "鹿特丹", de: "Rotterdam" }, lat_e6: 51_916_668, lon_e6: 4_500_000 },
  { locode: "CZPRG", name: { en: "Prague", zh: "布拉格", de: "Prag" }, lat_e6: 50_121_400, lon_e6: 14_543_600 },
  { locode: "HUBUD", name: { en: "Budapest", zh: "布达佩斯", de: "Budapest" }, lat_e6: 47_500_000, lon_e6: 19_083_334 },
  { locode: "ITMIL", name: { en: "Milan", zh: "米兰", de: "Mailand" }, lat_e6: 45_542_200, lon_e6: 9_203_330 },
  { locode: "ESMAD", name: { en: "Madrid", zh: "马德里", de: "Madrid" }, lat_e6: 40_294_100, lon_e6: -3_723_830 },
];

export function placeOf(locode: string | undefined): Known | undefined {
  return PLACES.find((place) => place.locode === locode);
}
