/**
 * Chinese surnames as people write them in Latin letters: pinyin first, then Wade-Giles, Hong Kong and Hokkien spellings
 * and those on Taiwanese passports. Written by us from common use; not a gazetteer. `Chan`, `Chen` and `Tan` are all 陳.
 */
const TABLE = `
陳陈 chen chan tan chin
林 lin lam lim
黃黄 huang wong ng ooi hwang
張张 zhang cheung chang teo chong
李 li lee
王 wang wong ong heng
吳吴 wu ng go goh woo
劉刘 liu lau low liou lao
蔡 cai choi tsai chua tsoi
楊杨 yang yeung yeo young
許许 xu hui hsu khoo koh shu
鄭郑 zheng cheng cheang tay chung
謝谢 xie tse hsieh chia tsieh
郭 guo kwok kuo kwek quek
洪 hong hung ang
曾 zeng tsang tseng chan
邱丘 qiu yau chiu khoo hiew
廖 liao liu liew
賴赖 lai
周 zhou chow chou chew chau
徐 xu tsui hsu chee
蘇苏 su so soh
葉叶 ye yip yeh yap ip
莊庄 zhuang chong chuang chng
呂吕 lu lui leu loo lyu
江 jiang kong chiang kang
何 he ho hor
蕭萧肖 xiao siu hsiao siew
羅罗 luo lo law loh
高 gao ko kao koh
潘 pan poon phua pun
簡简 jian kan chien
朱 zhu chu choo
鍾钟 zhong chung cheong
彭 peng pang phang
游 you yau yu
詹 zhan chim chan jan
胡 hu wu woo aw
施 shi sze shih see
沈 shen sum sim
余 yu yee yue
盧卢 lu lo loo
梁 liang leung neo leong
趙赵 zhao chiu chao teo
顏颜 yan ngan yen gan
柯 ke or ko kua
翁 weng yung ong
魏 wei ngai gui
孫孙 sun suen soon
戴 dai tai
范 fan van
方 fang fong hong png
宋 song sung
鄧邓 deng tang teng
杜 du to tu toh
傅 fu foo poh
侯 hou hau
曹 cao tso tsao chow
薛 xue sit hsueh see
丁 ding ting teng
卓 zhuo cheuk cho toh
馬马 ma mah
阮 ruan yuen juan nguyen
董 dong tung
溫温 wen wan oon
唐 tang tong
藍蓝 lan lam
石 shi shek shih
蔣蒋 jiang cheung chiang
古 gu koo ku
紀纪 ji kei chi
姚 yao yiu
連连 lian lin lien
馮冯 feng fung
歐欧 ou au
程 cheng ching
湯汤 tang tong
田 tian tin tien
康 kang hong
姜 jiang keung chiang geung
白 bai pak pai
汪 wang
鄒邹 zou chau tsou
尤 you yau
巫 wu mo
韓韩 han hon
龔龚 gong kung
嚴严 yan yim yen
袁 yuan yuen
單单 shan sin
解 xie hai hsieh
查 zha cha
任 ren yam jen
仇 qiu sau chiu
區区 ou au
尹 yin wan
童 tong tung
伍 wu ng
關关 guan kwan kuan
霍 huo fok
麥麦 mai mak
甄 zhen yan
譚谭 tan tam
崔 cui tsui chui
雷 lei lui
史 shi sze shih
陸陆 lu luk
萬万 wan man
錢钱 qian chin chien
秦 qin chun chin
孔 kong hung kung
毛 mao mo
常 chang sheung
武 wu mo
喬乔 qiao kiu chiao
賀贺 he ho
文 wen man
郝 hao
龍龙 long lung
歐陽欧阳 ouyang auyeung auyang
司馬司马 sima szema szuma
諸葛诸葛 zhuge chukot chuko
上官 shangguan sheungkoon
司徒 situ szeto seeto
張簡张简 zhangjian changchien
范姜 fanjiang fanchiang
`

interface Surname {
  readonly pinyin: string
  readonly spellings: readonly string[]
}

/** Surnames of two characters; every other line lists the ways to write one. */
const DOUBLE = new Set(['歐陽', '司馬', '諸葛', '上官', '司徒', '張簡', '范姜'])

const byCharacters = new Map<string, Surname>()
const pinyinBySpelling = new Map<string, string[]>()

for (const line of TABLE.trim().split('\n')) {
  const [characters = '', pinyin = '', ...others] = line.split(' ')
  const spellings = [pinyin, ...others]
  const forms = DOUBLE.has(characters.slice(0, 2)) ? pairsOf(characters) : [...characters]
  for (const form of forms) byCharacters.set(form, { pinyin, spellings })
  for (const spelling of spellings)
    pinyinBySpelling.set(spelling, [...new Set([...(pinyinBySpelling.get(spelling) ?? []), pinyin])])
}

/** `歐陽欧阳` → both ways to write it. */
function pairsOf(characters: string): string[] {
  return characters.length === 2 ? [characters] : [characters.slice(0, 2), characters.slice(2)]
}

export interface SurnameReading extends Surname {
  /** How many characters of the name are the surname. */
  readonly length: number
}

/** The surname that a Chinese name begins with, or null where it is not in the table. */
export function surnameOf(name: string): SurnameReading | null {
  for (const length of [2, 1]) {
    const found = name.length > length || length === 1 ? byCharacters.get(name.slice(0, length)) : undefined
    if (found !== undefined) return { ...found, length }
  }
  return null
}

/** Pinyin of the surnames that people spell like this: `chan` → `chen`, `zeng`, `zhan`. Empty for a word that is none. */
export function surnamesSpelt(word: string): readonly string[] {
  return pinyinBySpelling.get(word) ?? []
}
