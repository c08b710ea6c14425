"""Kanji that are one character written differently, for the folded form of ``lib.text``.

New and old forms (沢/澤) and the everyday variants of names and places (高/髙). Not in here: characters that
only look related but are different names (斉/斎, 崎/埼). Compatibility ideographs need no entry: NFKC unifies
them.
"""

from __future__ import annotations

_GROUPS = """
高髙 崎﨑嵜㟢 吉𠮷 辺邊邉 斉齊 斎齋齎 浜濱濵 沢澤 広廣 国國圀 島嶋嶌 桜櫻 滝瀧 竜龍 真眞 恵惠 栄榮 円圓
応應 学學 関關 気氣 亀龜 旧舊 教敎 郷鄕鄉 黒黑 薫薰 経經 芸藝 県縣 検檢 剣劍剱劔 実實 寿壽 収收 条條 静靜
穂穗 将將 乗乘 浄淨 瀬瀨 声聲 曽曾 総總 蔵藏 増增 帯帶 台臺 弾彈 団團 昼晝 庁廳 鉄鐵銕 伝傳 党黨 灯燈 当當
徳德 読讀 麦麥 富冨 仏佛 宝寶寳 豊豐 万萬 弥彌 薬藥 与與 予豫 頼賴 来來 覧覽 礼禮 塁壘 緑綠 霊靈 励勵 歴歷
恋戀 楼樓 禄祿 湾灣 柳栁桺 桑桒 館舘 峰峯 松枩 梅楳 野埜 秋穐 船舩 橋𣘺槗 恒恆 昂昻 巌巖巗 穣穰 槙槇 祢禰
遥遙 尭堯 瑶瑤 凛凜 亘亙 桧檜 蒋蔣 鴎鷗 鶴靏靍 壱壹 弐貳 岳嶽 竈竃 籠篭 鴬鶯 薮藪 莱萊 頴穎 栃杤 淵渕渊
渓溪 呉吳 戸戶 青靑 清淸 説說 税稅 鋭銳 録錄 縁緣 尚尙 産產 彦彥 顔顏 姫姬 巣巢 単單 戦戰 渋澁 塩鹽 桟棧
銭錢 浅淺 続續 売賣 虫蟲 郎郞 継繼 軽輕 径徑 従從 鶏鷄 鉱鑛 砿礦 区區 駆驅 欧歐 奥奧 温溫 横橫 黄黃 拡擴
覚覺 楽樂 勧勸 観觀 歓歡 権權 顕顯 験驗 厳嚴 献獻 圏圈 効效 号號 済濟 参參 蚕蠶 賛贊 讃讚 歯齒 児兒 辞辭
湿濕 写寫 釈釋 舎舍 粋粹 枢樞 随隨 数數 摂攝 専專 双雙 荘莊 壮壯 装裝 捜搜 争爭 窓窗 属屬 対對 体體 択擇
担擔 断斷 遅遲 鋳鑄 聴聽 転轉 点點 独獨 届屆 廃廢 拝拜 発發 髪髮 秘祕 並竝 変變 弁辨辯瓣 舗舖 毎每 満滿
黙默 訳譯 余餘 揺搖 様樣 謡謠 隣鄰 両兩 猟獵 涼凉 労勞 会會 絵繪 画畫 価價 仮假 回囘 壊壞 懐懷 岩嵓 駅驛
囲圍 医醫 為爲 稲稻 隠隱 衛衞 桝枡 刃刄 刈苅 土圡 冴冱 卯夘 夛多 寛寬 帰歸 徴徵 戻戾 抜拔 拠據 挙擧 掲揭
暁曉 概槪 歩步 歳歲 殻殼 沖冲 涙淚 渇渴 焼燒 煙烟 犠犧 状狀 狭狹 畳疊 稚穉 窃竊 粛肅 糸絲 繊纖 缶罐 翻飜
聡聰 胆膽 脳腦 臓臟 蛍螢 蛮蠻 触觸 誉譽 証證 賎賤 践踐 酔醉 醸釀 鎮鎭 閲閱 陥陷 険險 雑雜 飲飮 鰺鯵 麺麵
麹麴 崘崙 崗岡 杯盃 裏裡 雁鴈 簑蓑 糠粳
"""


def _table() -> dict[int, str]:
    return {ord(variant): group[0] for group in _GROUPS.split() for variant in group[1:]}


VARIANTS = _table()
"""For ``str.translate``: each variant to the form that stands for all."""
