/**
 * Invented people. Names are put together from our own lists; national ids carry the letter Y, which has not been given
 * to anybody for decades, so that an id of a synthetic patient is nobody's.
 */
import { nationalIdCheckDigit } from '../../shared/domain/national-id.ts'
import { streamOf } from './random.ts'
import { sha256Words } from './sha256.ts'

export interface Person {
  nationalId: string
  name: string
  latinName: string
  phone: string
  /** A district of residence, coarse. */
  region: string
}

const SURNAMES = words(
  '陳 Chen 林 Lin 黃 Huang 張 Chang 李 Lee 王 Wang 吳 Wu 劉 Liu 蔡 Tsai 楊 Yang 許 Hsu 鄭 Cheng 謝 Hsieh 郭 Kuo ' +
    '洪 Hung 曾 Tseng 邱 Chiu 廖 Liao 賴 Lai 徐 Hsu 周 Chou 葉 Yeh 蘇 Su 莊 Chuang 江 Chiang 呂 Lu 何 Ho 羅 Lo ' +
    '高 Kao 蕭 Hsiao 潘 Pan 朱 Chu 簡 Chien 鍾 Chung 彭 Peng 游 Yu 詹 Chan 胡 Hu 施 Shih 沈 Shen 歐陽 Ouyang 司徒 Szutu',
)
const SURNAME_WEIGHTS = SURNAMES.map((_, k) => 1 / (k + 3))
const MALE_GIVEN = words(
  '家 Chia 志 Chih 明 Ming 俊 Chun 建 Chien 文 Wen 宏 Hung 國 Kuo 信 Hsin 豪 Hao 偉 Wei 傑 Chieh 冠 Kuan 宗 Tsung ' +
    '翰 Han 彥 Yen 承 Cheng 柏 Po 廷 Ting 佑 Yu 哲 Che 睿 Jui 銘 Ming 德 Te 仁 Jen 義 Yi 勇 Yung 祥 Hsiang 昌 Chang 霖 Lin',
)
const FEMALE_GIVEN = words(
  '淑 Shu 美 Mei 雅 Ya 惠 Hui 怡 Yi 佳 Chia 欣 Hsin 婷 Ting 慧 Hui 玲 Ling 芬 Fen 華 Hua 秀 Hsiu 麗 Li 珍 Chen ' +
    '娟 Chuan 文 Wen 宜 Yi 君 Chun 如 Ju 庭 Ting 珊 Shan 筱 Hsiao 雯 Wen 瑜 Yu 蓉 Jung 心 Hsin 妤 Yu 萱 Hsuan 琪 Chi',
)
const LATIN_SURNAMES =
  'Alvarez Becker Castillo Duarte Evans Fischer García Hansen Ito Jensen Kowalski Lopez Müller Nguyen O’Brien Pham Quirós Reyes Santos Tran Usman Villanueva Widodo Ximénez Yamada Zhang'.split(
    ' ',
  )
const LATIN_MALE =
  'Andrés Bayu Carlo Daniel Eko Felipe Gabriel Hiro Ivan José Kenji Luis Minh Noël Oscar Paulo Quang Rafael Soren Tomás'.split(
    ' ',
  )
const LATIN_FEMALE =
  'Ana Bella Carmen Dewi Elena Fitri Grace Hanh Inês Jana Kim Linh Maria Nadia Olga Paz Rosa Siti Thuy Zoë'.split(
    ' ',
  )
const REGIONS = ['TPE', 'NWT', 'TYN', 'HSC', 'TXG', 'CHA', 'TNN', 'KHH', 'PIF', 'ILA', 'HUA', 'TTT']
const REGION_WEIGHTS = [11, 17, 10, 4, 12, 6, 8, 12, 4, 2, 1, 1]

/** The person behind an index of a seed. Ids are distinct for all indexes below ten million. */
export function personOf(seed: string, index: number, male: 0 | 1): Person {
  const stream = streamOf(seed, index, 'name')
  const isForeign = stream.chance(0.06)
  const region = REGIONS[stream.pick(REGION_WEIGHTS)]!
  const phone = `09${digits(stream.integer(0, 99_999_999), 8)}`
  const nationalId = nationalIdOf(seed, index, male)
  if (isForeign) {
    const given = (male === 1 ? LATIN_MALE : LATIN_FEMALE)[stream.integer(0, 19)]!
    const family = LATIN_SURNAMES[stream.integer(0, LATIN_SURNAMES.length - 1)]!
    const name = `${given} ${family}`
    return { nationalId, name, latinName: name, phone, region }
  }
  const surname = SURNAMES[stream.pick(SURNAME_WEIGHTS)]!
  const list = male === 1 ? MALE_GIVEN : FEMALE_GIVEN
  const first = list[stream.integer(0, list.length - 1)]!
  const second = stream.chance(0.93) ? list[stream.integer(0, list.length - 1)]! : null
  const given = second === null ? first[0] : first[0] + second[0]
  const reading = second === null ? first[1] : `${first[1]}-${second[1].toLowerCase()}`
  return { nationalId, name: surname[0] + given, latinName: `${surname[1]} ${reading}`, phone, region }
}

/** A valid id of the unused letter Y; one to one in the index, so that no two people share it. */
export function nationalIdOf(seed: string, index: number, male: 0 | 1): string {
  const shift = (sha256Words(`${seed}|ids`)[0]! >>> 0) % 10_000_000
  // Exact: the product stays below 2^53.
  const number = ((index % 10_000_000) * 7_368_787 + shift) % 10_000_000
  const nine = `Y${male === 1 ? 1 : 2}${digits(number, 7)}`
  return nine + nationalIdCheckDigit(nine)!
}

function words(text: string): readonly (readonly [string, string])[] {
  const parts = text.split(' ')
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < parts.length; i += 2) pairs.push([parts[i]!, parts[i + 1]!])
  return pairs
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
