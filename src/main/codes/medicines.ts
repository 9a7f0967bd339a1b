/**
 * Active ingredients with their ATC code (codes only; no text of the ATC index is used) and a usual adult dose as a
 * hint for typing, which is no advice. One line: ATC code, English, 繁體中文, hint.
 */
export const MEDICINES = `
A02BA02|ranitidine|雷尼替丁|150 mg bid
A02BA03|famotidine|法莫替丁|20 mg bid
A02BC01|omeprazole|奧美拉唑|20 mg qd
A02BC02|pantoprazole|泮托拉唑|40 mg qd
A02BC03|lansoprazole|蘭索拉唑|30 mg qd
A02BC04|rabeprazole|雷貝拉唑|20 mg qd
A02BC05|esomeprazole|埃索美拉唑|40 mg qd
A02BX02|sucralfate|斯克拉非|1 g qid
A02BX05|bismuth subcitrate|次檸檬酸鉍|120 mg qid
A03AX13|simeticone|二甲矽油|40 mg tid
A03BB01|butylscopolamine|丁基東莨菪鹼|10 mg tid
A03FA01|metoclopramide|甲氧氯普胺|10 mg tid
A03FA03|domperidone|多潘立酮|10 mg tid
A03FA09|mosapride|莫沙必利|5 mg tid
A04AA01|ondansetron|昂丹司瓊|8 mg bid
A05AA02|ursodeoxycholic acid|熊去氧膽酸|300 mg bid
A06AB02|bisacodyl|比沙可啶|5 mg hs
A06AB06|senna glycosides|番瀉苷|12 mg hs
A06AD11|lactulose|乳果糖|15 mL bid
A06AA02|docusate|多庫酯鈉|100 mg bid
A06AD02|magnesium oxide|氧化鎂|250 mg tid
A07DA03|loperamide|洛哌丁胺|2 mg prn
A07EC02|mesalazine|美沙拉嗪|500 mg tid
A10AB01|insulin (human, fast)|人類胰島素(速效)|6 U tid ac
A10AB04|insulin lispro|離脯胰島素|6 U tid ac
A10AB05|insulin aspart|門冬胰島素|6 U tid ac
A10AD05|insulin aspart (mixed)|門冬胰島素(預混)|12 U bid
A10AE04|insulin glargine|甘精胰島素|10 U hs
A10AE05|insulin detemir|地特胰島素|10 U hs
A10AE06|insulin degludec|德谷胰島素|10 U qd
A10BA02|metformin|二甲雙胍|500 mg bid
A10BB01|glibenclamide|格列本脲|5 mg qd
A10BB07|glipizide|格列吡嗪|5 mg qd
A10BB09|gliclazide|格列齊特|60 mg qd
A10BB12|glimepiride|格列美脲|2 mg qd
A10BF01|acarbose|阿卡波糖|50 mg tid
A10BG03|pioglitazone|吡格列酮|30 mg qd
A10BH01|sitagliptin|西他列汀|100 mg qd
A10BH02|vildagliptin|維格列汀|50 mg bid
A10BH03|saxagliptin|沙格列汀|5 mg qd
A10BH05|linagliptin|利格列汀|5 mg qd
A10BJ02|liraglutide|利拉魯肽|1.2 mg qd
A10BJ05|dulaglutide|度拉糖肽|1.5 mg qw
A10BJ06|semaglutide|司美格魯肽|0.5 mg qw
A10BK01|dapagliflozin|達格列淨|10 mg qd
A10BK02|canagliflozin|卡格列淨|100 mg qd
A10BK03|empagliflozin|恩格列淨|10 mg qd
A10BX02|repaglinide|瑞格列奈|1 mg tid
A11CC05|colecalciferol|維生素D3|800 U qd
A11CC04|calcitriol|骨化三醇|0.25 ug qd
A11DA01|thiamine|維生素B1|100 mg qd
A11GA01|ascorbic acid|維生素C|500 mg qd
A11HA02|pyridoxine|維生素B6|50 mg qd
A12AA04|calcium carbonate|碳酸鈣|500 mg tid
A12BA01|potassium chloride|氯化鉀|600 mg bid
A12CC06|magnesium lactate|乳酸鎂|500 mg qd
B01AA03|warfarin|華法林|5 mg qd
B01AB01|heparin|肝素|5000 U q12h
B01AB05|enoxaparin|依諾肝素|60 mg q12h
B01AC04|clopidogrel|氯吡格雷|75 mg qd
B01AC06|acetylsalicylic acid|乙醯水楊酸(阿斯匹靈)|100 mg qd
B01AC07|dipyridamole|雙嘧達莫|75 mg tid
B01AC22|prasugrel|普拉格雷|10 mg qd
B01AC23|cilostazol|西洛他唑|100 mg bid
B01AC24|ticagrelor|替格瑞洛|90 mg bid
B01AD02|alteplase|阿替普酶|0.9 mg/kg once
B01AE07|dabigatran|達比加群|150 mg bid
B01AF01|rivaroxaban|利伐沙班|20 mg qd
B01AF02|apixaban|阿哌沙班|5 mg bid
B01AF03|edoxaban|艾多沙班|60 mg qd
B02AA02|tranexamic acid|氨甲環酸|500 mg tid
B02BA01|vitamin K1|維生素K1|10 mg once
B03AA07|ferrous sulfate|硫酸亞鐵|325 mg qd
B03AB05|ferric hydroxide polymaltose|多麥芽糖鐵|100 mg qd
B03BA03|hydroxocobalamin|羥鈷胺|1000 ug qw
B03BA05|mecobalamin|甲鈷胺|500 ug tid
B03BB01|folic acid|葉酸|5 mg qd
B03XA01|erythropoietin|紅血球生成素|2000 U tiw
C01AA05|digoxin|地高辛|0.125 mg qd
C01BC03|propafenone|普羅帕酮|150 mg tid
C01BD01|amiodarone|胺碘酮|200 mg qd
C01BD07|dronedarone|決奈達隆|400 mg bid
C01CA03|norepinephrine|去甲腎上腺素|2 ug/min
C01CA04|dopamine|多巴胺|5 ug/kg/min
C01CA24|epinephrine|腎上腺素|0.3 mg once
C01DA02|glyceryl trinitrate|硝酸甘油|0.6 mg prn
C01DA08|isosorbide dinitrate|硝酸異山梨酯|10 mg tid
C01DA14|isosorbide mononitrate|單硝酸異山梨酯|60 mg qd
C01EB17|ivabradine|伊伐布雷定|5 mg bid
C02AC01|clonidine|可樂定|0.1 mg bid
C02CA04|doxazosin|多沙唑嗪|4 mg qd
C02DB02|hydralazine|肼屈嗪|25 mg tid
C03AA03|hydrochlorothiazide|氫氯噻嗪|25 mg qd
C03BA11|indapamide|吲達帕胺|1.5 mg qd
C03CA01|furosemide|呋塞米|40 mg qd
C03CA02|bumetanide|布美他尼|1 mg qd
C03DA01|spironolactone|螺內酯|25 mg qd
C03XA01|tolvaptan|托伐普坦|15 mg qd
C04AD03|pentoxifylline|己酮可可鹼|400 mg bid
C07AA05|propranolol|普萘洛爾|10 mg tid
C07AB02|metoprolol|美托洛爾|50 mg bid
C07AB03|atenolol|阿替洛爾|50 mg qd
C07AB07|bisoprolol|比索洛爾|5 mg qd
C07AB12|nebivolol|奈必洛爾|5 mg qd
C07AG01|labetalol|拉貝洛爾|100 mg bid
C07AG02|carvedilol|卡維地洛|12.5 mg bid
C08CA01|amlodipine|氨氯地平|5 mg qd
C08CA02|felodipine|非洛地平|5 mg qd
C08CA05|nifedipine|硝苯地平|30 mg qd
C08CA13|lercanidipine|樂卡地平|10 mg qd
C08DA01|verapamil|維拉帕米|80 mg tid
C08DB01|diltiazem|地爾硫卓|30 mg tid
C09AA01|captopril|卡托普利|25 mg bid
C09AA02|enalapril|依那普利|10 mg qd
C09AA03|lisinopril|賴諾普利|10 mg qd
C09AA04|perindopril|培哚普利|4 mg qd
C09AA05|ramipril|雷米普利|5 mg qd
C09CA01|losartan|氯沙坦|50 mg qd
C09CA03|valsartan|纈沙坦|80 mg qd
C09CA04|irbesartan|厄貝沙坦|150 mg qd
C09CA06|candesartan|坎地沙坦|8 mg qd
C09CA07|telmisartan|替米沙坦|40 mg qd
C09CA08|olmesartan|奧美沙坦|20 mg qd
C09DX04|valsartan and sacubitril|纈沙坦沙庫巴曲|100 mg bid
C10AA01|simvastatin|辛伐他汀|20 mg hs
C10AA02|lovastatin|洛伐他汀|20 mg hs
C10AA03|pravastatin|普伐他汀|40 mg qd
C10AA04|fluvastatin|氟伐他汀|80 mg qd
C10AA05|atorvastatin|阿托伐他汀|20 mg qd
C10AA07|rosuvastatin|瑞舒伐他汀|10 mg qd
C10AA08|pitavastatin|匹伐他汀|2 mg qd
C10AB02|bezafibrate|苯扎貝特|400 mg qd
C10AB05|fenofibrate|非諾貝特|200 mg qd
C10AB04|gemfibrozil|吉非羅齊|600 mg bid
C10AX09|ezetimibe|依折麥布|10 mg qd
C10AX13|evolocumab|依洛尤單抗|140 mg q2w
C10AX14|alirocumab|阿利西尤單抗|75 mg q2w
D01AC01|clotrimazole|克黴唑|1 % bid
D01AC08|ketoconazole (topical)|酮康唑(外用)|2 % bid
D01BA02|terbinafine|特比萘芬|250 mg qd
D06AX01|fusidic acid|夫西地酸|2 % tid
D06AX09|mupirocin|莫匹羅星|2 % tid
D06BA01|silver sulfadiazine|磺胺嘧啶銀|1 % qd
D07AC01|betamethasone (topical)|倍他米松(外用)|0.1 % bid
D07AC13|mometasone (topical)|莫米松(外用)|0.1 % qd
D10AD01|tretinoin (topical)|維A酸(外用)|0.05 % hs
D10BA01|isotretinoin|異維A酸|20 mg qd
D11AH01|tacrolimus (topical)|他克莫司(外用)|0.1 % bid
G01AF02|clotrimazole (vaginal)|克黴唑(陰道)|100 mg hs
G02AB03|ergometrine|麥角新鹼|0.2 mg once
G03AC03|levonorgestrel|左炔諾孕酮|1.5 mg once
G03CA03|estradiol|雌二醇|1 mg qd
G03DA02|medroxyprogesterone|甲羥孕酮|10 mg qd
G03DA04|progesterone|黃體酮|200 mg qd
G03GB02|clomifene|氯米芬|50 mg qd
G04BD07|tolterodine|托特羅定|4 mg qd
G04BD08|solifenacin|索利那新|5 mg qd
G04BD12|mirabegron|米拉貝隆|50 mg qd
G04BE03|sildenafil|西地那非|50 mg prn
G04BE08|tadalafil|他達拉非|5 mg qd
G04CA02|tamsulosin|坦索羅辛|0.4 mg qd
G04CA04|silodosin|西洛多辛|8 mg qd
G04CB01|finasteride|非那雄胺|5 mg qd
G04CB02|dutasteride|度他雄胺|0.5 mg qd
H01BA02|desmopressin|去氨加壓素|0.1 mg hs
H01CB02|octreotide|奧曲肽|100 ug tid
H02AB02|dexamethasone|地塞米松|4 mg qd
H02AB04|methylprednisolone|甲基潑尼松龍|16 mg qd
H02AB06|prednisolone|潑尼松龍|5 mg bid
H02AB09|hydrocortisone|氫化可體松|20 mg qd
H03AA01|levothyroxine|左旋甲狀腺素|100 ug qd
H03BA02|propylthiouracil|丙硫氧嘧啶|50 mg tid
H03BB02|thiamazole|甲巰咪唑|10 mg qd
H05BX01|cinacalcet|西那卡塞|25 mg qd
J01AA02|doxycycline|多西環素|100 mg bid
J01AA08|minocycline|米諾環素|100 mg bid
J01AA12|tigecycline|替加環素|50 mg q12h
J01CA01|ampicillin|氨苄西林|1 g q6h
J01CA04|amoxicillin|阿莫西林|500 mg tid
J01CE02|phenoxymethylpenicillin|青黴素V|500 mg qid
J01CF04|oxacillin|苯唑西林|2 g q6h
J01CR02|amoxicillin and clavulanic acid|阿莫西林克拉維酸|1 g bid
J01CR05|piperacillin and tazobactam|哌拉西林他唑巴坦|4.5 g q8h
J01DB01|cefalexin|頭孢氨苄|500 mg qid
J01DB04|cefazolin|頭孢唑林|1 g q8h
J01DC02|cefuroxime|頭孢呋辛|500 mg bid
J01DD01|cefotaxime|頭孢噻肟|1 g q8h
J01DD02|ceftazidime|頭孢他啶|2 g q8h
J01DD04|ceftriaxone|頭孢曲松|2 g qd
J01DD08|cefixime|頭孢克肟|200 mg bid
J01DE01|cefepime|頭孢吡肟|2 g q8h
J01DH02|meropenem|美羅培南|1 g q8h
J01DH03|ertapenem|厄他培南|1 g qd
J01EE01|sulfamethoxazole and trimethoprim|磺胺甲噁唑甲氧苄啶|960 mg bid
J01FA01|erythromycin|紅黴素|500 mg qid
J01FA09|clarithromycin|克拉黴素|500 mg bid
J01FA10|azithromycin|阿奇黴素|500 mg qd
J01FF01|clindamycin|克林達黴素|300 mg qid
J01GB03|gentamicin|慶大黴素|80 mg q8h
J01GB06|amikacin|阿米卡星|500 mg q12h
J01MA02|ciprofloxacin|環丙沙星|500 mg bid
J01MA12|levofloxacin|左氧氟沙星|500 mg qd
J01MA14|moxifloxacin|莫西沙星|400 mg qd
J01XA01|vancomycin|萬古黴素|1 g q12h
J01XA02|teicoplanin|替考拉寧|400 mg qd
J01XB01|colistin|黏菌素|2 MU q8h
J01XD01|metronidazole|甲硝唑|500 mg tid
J01XE01|nitrofurantoin|呋喃妥因|100 mg bid
J01XX08|linezolid|利奈唑胺|600 mg q12h
J02AC01|fluconazole|氟康唑|200 mg qd
J02AC02|itraconazole|伊曲康唑|200 mg qd
J02AC03|voriconazole|伏立康唑|200 mg bid
J02AX04|caspofungin|卡泊芬淨|50 mg qd
J04AB02|rifampicin|利福平|600 mg qd
J04AC01|isoniazid|異菸肼|300 mg qd
J04AK01|pyrazinamide|吡嗪醯胺|1500 mg qd
J04AK02|ethambutol|乙胺丁醇|800 mg qd
J05AB01|aciclovir|阿昔洛韋|400 mg 5x
J05AB06|ganciclovir|更昔洛韋|5 mg/kg q12h
J05AB11|valaciclovir|伐昔洛韋|1 g tid
J05AE30|nirmatrelvir and ritonavir|奈瑪特韋利托那韋|300 mg bid
J05AF10|entecavir|恩替卡韋|0.5 mg qd
J05AF07|tenofovir disoproxil|替諾福韋酯|300 mg qd
J05AF13|tenofovir alafenamide|替諾福韋艾拉酚胺|25 mg qd
J05AH02|oseltamivir|奧司他韋|75 mg bid
J05AP55|sofosbuvir and velpatasvir|索磷布韋維帕他韋|400 mg qd
L01AA01|cyclophosphamide|環磷醯胺|500 mg/m2
L01BA01|methotrexate|甲氨蝶呤|15 mg qw
L01BC02|fluorouracil|氟尿嘧啶|400 mg/m2
L01BC06|capecitabine|卡培他濱|1250 mg/m2 bid
L01BC05|gemcitabine|吉西他濱|1000 mg/m2
L01CD01|paclitaxel|紫杉醇|175 mg/m2
L01CD02|docetaxel|多西他賽|75 mg/m2
L01DB01|doxorubicin|多柔比星|60 mg/m2
L01EA01|imatinib|伊馬替尼|400 mg qd
L01EB02|erlotinib|厄洛替尼|150 mg qd
L01EB01|gefitinib|吉非替尼|250 mg qd
L01EB04|osimertinib|奧希替尼|80 mg qd
L01EX02|sorafenib|索拉非尼|400 mg bid
L01EX08|lenvatinib|樂伐替尼|12 mg qd
L01FA01|rituximab|利妥昔單抗|375 mg/m2
L01FD01|trastuzumab|曲妥珠單抗|6 mg/kg
L01FF02|pembrolizumab|帕博利珠單抗|200 mg q3w
L01FG01|bevacizumab|貝伐珠單抗|7.5 mg/kg
L01XA01|cisplatin|順鉑|75 mg/m2
L01XA03|oxaliplatin|奧沙利鉑|85 mg/m2
L02AE03|goserelin|戈舍瑞林|3.6 mg q4w
L02BA01|tamoxifen|他莫昔芬|20 mg qd
L02BB03|bicalutamide|比卡魯胺|50 mg qd
L02BG03|anastrozole|阿那曲唑|1 mg qd
L02BG04|letrozole|來曲唑|2.5 mg qd
L03AA02|filgrastim|非格司亭|300 ug qd
L04AB02|infliximab|英夫利西單抗|5 mg/kg
L04AB01|etanercept|依那西普|50 mg qw
L04AB04|adalimumab|阿達木單抗|40 mg q2w
L04AD01|ciclosporin|環孢素|100 mg bid
L04AD02|tacrolimus|他克莫司|1 mg bid
L04AX01|azathioprine|硫唑嘌呤|50 mg qd
M01AB05|diclofenac|雙氯芬酸|50 mg tid
M01AC06|meloxicam|美洛昔康|15 mg qd
M01AE01|ibuprofen|布洛芬|400 mg tid
M01AE02|naproxen|萘普生|250 mg bid
M01AH01|celecoxib|塞來昔布|200 mg qd
M01AH05|etoricoxib|依托考昔|60 mg qd
M03BX01|baclofen|巴氯芬|10 mg tid
M03BX02|tizanidine|替扎尼定|2 mg tid
M04AA01|allopurinol|別嘌呤醇|100 mg qd
M04AA03|febuxostat|非布司他|40 mg qd
M04AB03|benzbromarone|苯溴馬隆|50 mg qd
M04AC01|colchicine|秋水仙素|0.5 mg bid
M05BA04|alendronic acid|阿侖膦酸|70 mg qw
M05BA08|zoledronic acid|唑來膦酸|5 mg yearly
M05BX04|denosumab|地諾單抗|60 mg q6m
N01BB02|lidocaine|利多卡因|2 %
N02AA01|morphine|嗎啡|10 mg q4h
N02AB03|fentanyl|芬太尼|25 ug/h q72h
N02AX02|tramadol|曲馬多|50 mg tid
N02BE01|paracetamol|對乙醯氨基酚(普拿疼)|500 mg qid
N02CC01|sumatriptan|舒馬曲普坦|50 mg prn
N03AA02|phenobarbital|苯巴比妥|30 mg tid
N03AB02|phenytoin|苯妥英|100 mg tid
N03AE01|clonazepam|氯硝西泮|0.5 mg hs
N03AF01|carbamazepine|卡馬西平|200 mg bid
N03AF02|oxcarbazepine|奧卡西平|300 mg bid
N03AG01|valproic acid|丙戊酸|500 mg bid
N03AX09|lamotrigine|拉莫三嗪|100 mg bid
N03AX11|topiramate|托吡酯|50 mg bid
N02BF01|gabapentin|加巴噴丁|300 mg tid
N02BF02|pregabalin|普瑞巴林|75 mg bid
N03AX14|levetiracetam|左乙拉西坦|500 mg bid
N04AA02|biperiden|比哌立登|2 mg bid
N04BA02|levodopa and decarboxylase inhibitor|左旋多巴複方|100 mg tid
N04BC05|pramipexole|普拉克索|0.25 mg tid
N04BD02|rasagiline|雷沙吉蘭|1 mg qd
N05AD01|haloperidol|氟哌啶醇|5 mg hs
N05AH02|clozapine|氯氮平|100 mg hs
N05AH03|olanzapine|奧氮平|10 mg hs
N05AH04|quetiapine|喹硫平|100 mg hs
N05AL01|sulpiride|舒必利|50 mg tid
N05AN01|lithium|鋰鹽|300 mg tid
N05AX08|risperidone|利培酮|2 mg hs
N05AX12|aripiprazole|阿立哌唑|10 mg qd
N05BA01|diazepam|地西泮|5 mg hs
N05BA06|lorazepam|勞拉西泮|0.5 mg bid
N05BA12|alprazolam|阿普唑侖|0.5 mg bid
N05CD08|midazolam|咪達唑侖|5 mg once
N05CF01|zopiclone|佐匹克隆|7.5 mg hs
N05CF02|zolpidem|唑吡坦|10 mg hs
N06AA09|amitriptyline|阿米替林|25 mg hs
N06AB03|fluoxetine|氟西汀|20 mg qd
N06AB05|paroxetine|帕羅西汀|20 mg qd
N06AB06|sertraline|舍曲林|50 mg qd
N06AB10|escitalopram|艾司西酞普蘭|10 mg qd
N06AX05|trazodone|曲唑酮|50 mg hs
N06AX11|mirtazapine|米氮平|15 mg hs
N06AX12|bupropion|安非他酮|150 mg qd
N06AX16|venlafaxine|文拉法辛|75 mg qd
N06AX21|duloxetine|度洛西汀|60 mg qd
N06BA04|methylphenidate|哌甲酯|10 mg bid
N06DA02|donepezil|多奈哌齊|10 mg hs
N06DA03|rivastigmine|利斯的明|4.6 mg qd
N06DX01|memantine|美金剛|10 mg bid
N07BA01|nicotine|尼古丁(戒菸)|21 mg qd
N07BA03|varenicline|伐尼克蘭|1 mg bid
N07CA01|betahistine|倍他司汀|12 mg tid
P01AB01|metronidazole (antiprotozoal)|甲硝唑(抗原蟲)|500 mg tid
P01BA02|hydroxychloroquine|羥氯喹|200 mg bid
P02CA03|albendazole|阿苯達唑|400 mg once
P03AC04|permethrin|百滅寧|5 % once
R01AD09|mometasone (nasal)|莫米松(鼻用)|2 puff qd
R01AD12|fluticasone furoate (nasal)|糠酸氟替卡松(鼻用)|2 puff qd
R01BA02|pseudoephedrine|偽麻黃鹼|60 mg tid
R03AC02|salbutamol|沙丁胺醇|2 puff prn
R03AC13|formoterol|福莫特羅|12 ug bid
R03AK06|salmeterol and fluticasone|沙美特羅氟替卡松|1 puff bid
R03AK07|formoterol and budesonide|福莫特羅布地奈德|2 puff bid
R03BA02|budesonide|布地奈德|200 ug bid
R03BB01|ipratropium bromide|異丙托溴銨|2 puff qid
R03BB04|tiotropium bromide|噻托溴銨|18 ug qd
R03DA04|theophylline|茶鹼|200 mg bid
R03DC03|montelukast|孟魯司特|10 mg hs
R05CB01|acetylcysteine|乙醯半胱氨酸|200 mg tid
R05CB06|ambroxol|氨溴索|30 mg tid
R05DA04|codeine|可待因|15 mg tid
R05DA09|dextromethorphan|右美沙芬|15 mg tid
R06AB04|chlorphenamine|氯苯那敏|4 mg tid
R06AE07|cetirizine|西替利嗪|10 mg qd
R06AE09|levocetirizine|左西替利嗪|5 mg qd
R06AX13|loratadine|氯雷他定|10 mg qd
R06AX26|fexofenadine|非索非那定|180 mg qd
R06AX27|desloratadine|地氯雷他定|5 mg qd
S01AE05|levofloxacin (eye)|左氧氟沙星(眼用)|1 drop qid
S01ED01|timolol (eye)|噻嗎洛爾(眼用)|1 drop bid
S01EE01|latanoprost|拉坦前列素|1 drop hs
S01BA07|fluorometholone|氟米龍|1 drop qid
S01LA05|aflibercept (eye)|阿柏西普(眼用)|2 mg q8w
S01XA20|artificial tears|人工淚液|1 drop qid
V03AB15|naloxone|納洛酮|0.4 mg once
V03AE02|sevelamer|司維拉姆|800 mg tid
V03AF03|calcium folinate|亞葉酸鈣|15 mg q6h
`
