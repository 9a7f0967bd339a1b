/**
 * Common procedures with ICD-10-PCS codes. Codes are facts of the classification; the names are our own wording.
 * One line: code, English, 繁體中文, further words to find it by.
 */
export const PROCEDURES = `
0DTJ4ZZ|Laparoscopic appendectomy|腹腔鏡闌尾切除術|appendix
0DTJ0ZZ|Open appendectomy|開腹闌尾切除術|appendix
0FT44ZZ|Laparoscopic cholecystectomy|腹腔鏡膽囊切除術|lc gallbladder
0FT40ZZ|Open cholecystectomy|開腹膽囊切除術|gallbladder
0DJ08ZZ|Upper gastrointestinal endoscopy|上消化道內視鏡檢查(胃鏡)|egd gastroscopy
0DB68ZX|Endoscopic biopsy of stomach|胃鏡切片|gastroscopy
0DJD8ZZ|Colonoscopy|大腸鏡檢查|
0DBK8ZZ|Endoscopic polypectomy, ascending colon|大腸鏡息肉切除術(升結腸)|colonoscopy
0DBL8ZZ|Endoscopic polypectomy, transverse colon|大腸鏡息肉切除術(橫結腸)|colonoscopy
0DBM8ZZ|Endoscopic polypectomy, descending colon|大腸鏡息肉切除術(降結腸)|colonoscopy
0DBN8ZZ|Endoscopic polypectomy, sigmoid colon|大腸鏡息肉切除術(乙狀結腸)|colonoscopy
0DBP8ZZ|Endoscopic polypectomy, rectum|大腸鏡息肉切除術(直腸)|colonoscopy
0DTF4ZZ|Laparoscopic right hemicolectomy|腹腔鏡右半結腸切除術|
0DTG4ZZ|Laparoscopic left hemicolectomy|腹腔鏡左半結腸切除術|
0DTN4ZZ|Laparoscopic sigmoid colectomy|腹腔鏡乙狀結腸切除術|
0DTP4ZZ|Laparoscopic resection of rectum|腹腔鏡直腸切除術|
0DT60ZZ|Open total gastrectomy|開腹全胃切除術|
0DB64Z3|Laparoscopic sleeve gastrectomy|腹腔鏡胃袖狀切除術|bariatric
0D164ZA|Laparoscopic gastric bypass to jejunum|腹腔鏡胃繞道手術|bariatric
0D1N0Z4|Sigmoid colostomy|乙狀結腸造口術|stoma
0D1B0Z4|Ileostomy|迴腸造口術|stoma
0DH63UZ|Percutaneous gastrostomy|經皮胃造口術|peg
0DH67UZ|Nasogastric feeding tube|鼻胃管置入|ng
0FB03ZX|Needle biopsy of liver|肝臟穿刺切片|
0F9430Z|Percutaneous drainage of gallbladder|經皮膽囊引流|ptgbd
0F9030Z|Percutaneous drainage of liver|經皮肝臟引流|abscess
0FC98ZZ|Endoscopic removal of common bile duct stone|內視鏡膽管取石|ercp
0F798DZ|Endoscopic stenting of common bile duct|內視鏡膽管支架置放|ercp
0FTG0ZZ|Total pancreatectomy|全胰臟切除術|
0FB00ZZ|Partial hepatectomy|部分肝臟切除術|
0FY00Z0|Liver transplantation|肝臟移植|
0TY00Z0|Kidney transplantation, right|右側腎臟移植|
0TY10Z0|Kidney transplantation, left|左側腎臟移植|
02YA0Z0|Heart transplantation|心臟移植|
027034Z|Coronary angioplasty with one drug-eluting stent|冠狀動脈塗藥支架置放,單支血管|pci ptca des
027134Z|Coronary angioplasty of two arteries with drug-eluting stent|冠狀動脈塗藥支架置放,兩支血管|pci ptca des
02703DZ|Coronary angioplasty with bare stent|冠狀動脈裸金屬支架置放|pci bms
02703ZZ|Balloon angioplasty of one coronary artery|冠狀動脈氣球擴張術|pci ptca poba
021009W|Coronary bypass with vein graft, one artery|冠狀動脈繞道手術(靜脈)|cabg
02100Z9|Coronary bypass from left internal mammary artery|冠狀動脈繞道手術(左內乳動脈)|cabg lima
4A023N7|Left heart catheterisation|左心導管檢查|cath
4A023N6|Right heart catheterisation|右心導管檢查|cath
4A023N8|Catheterisation of both sides of the heart|雙側心導管檢查|cath
B2111ZZ|Angiography of several coronary arteries|多支冠狀動脈血管攝影|cag
02RF38Z|Transcatheter aortic valve replacement|經導管主動脈瓣置換術|tavr tavi
02RF08Z|Open aortic valve replacement|開心主動脈瓣置換術|avr
02RG08Z|Open mitral valve replacement|開心二尖瓣置換術|mvr
0JH606Z|Insertion of dual-chamber pacemaker|雙腔心律調節器植入|ppm
0JH604Z|Insertion of single-chamber pacemaker|單腔心律調節器植入|ppm
0JH608Z|Insertion of defibrillator|去顫器植入|icd
02583ZZ|Catheter ablation of heart rhythm|心律不整電燒術|ablation rfa
5A2204Z|Cardioversion|心臟電擊復律|defibrillation
5A12012|Chest compressions|心肺復甦術(胸外按壓)|cpr
5A1221Z|Cardiopulmonary bypass|體外循環|
5A02210|Intra-aortic balloon pump|主動脈內氣球幫浦|iabp
5A1522F|Central extracorporeal membrane oxygenation|葉克膜(中央)|ecmo
5A1522G|Peripheral veno-arterial membrane oxygenation|葉克膜(周邊靜動脈)|ecmo va
5A1522H|Peripheral veno-venous membrane oxygenation|葉克膜(周邊靜靜脈)|ecmo vv
0BH17EZ|Endotracheal intubation|氣管內管置入|intubate endo
5A1935Z|Mechanical ventilation, less than 24 hours|呼吸器使用,少於24小時|respirator
5A1945Z|Mechanical ventilation, 24 to 96 hours|呼吸器使用,24至96小時|respirator
5A1955Z|Mechanical ventilation, more than 96 hours|呼吸器使用,超過96小時|respirator
0B110F4|Tracheostomy|氣管切開術|
5A1D70Z|Haemodialysis, intermittent|間歇性血液透析|hd 洗腎
5A1D90Z|Continuous renal replacement|連續性腎臟替代療法|crrt cvvh
3E1M39Z|Peritoneal dialysis|腹膜透析|pd 洗腎
30233N1|Red cell transfusion|紅血球輸血|blood prbc
30233R1|Platelet transfusion|血小板輸注|blood
30233K1|Frozen plasma transfusion|冷凍血漿輸注|ffp
02HV33Z|Central venous catheter|中心靜脈導管置入|cvc cvp
03HY32Z|Arterial line|動脈導管置入|a-line
06H03DZ|Inferior vena cava filter|下腔靜脈濾網置放|ivc
0W9930Z|Chest tube, right|右側胸管置入|
0W9B30Z|Chest tube, left|左側胸管置入|
0W993ZZ|Thoracentesis, right|右側胸腔穿刺|pleural tap
0W9B3ZZ|Thoracentesis, left|左側胸腔穿刺|pleural tap
0W9G3ZZ|Paracentesis of abdomen|腹腔穿刺放液|ascites tap
0W9D3ZZ|Pericardiocentesis|心包膜穿刺|
009U3ZX|Lumbar puncture|腰椎穿刺|csf
07DR3ZX|Bone marrow biopsy|骨髓切片|
0BJ08ZZ|Bronchoscopy|支氣管鏡檢查|
0BTC4ZZ|Thoracoscopic lobectomy, right upper lobe|胸腔鏡右上肺葉切除術|vats
0BTD4ZZ|Thoracoscopic lobectomy, right middle lobe|胸腔鏡右中肺葉切除術|vats
0BTF4ZZ|Thoracoscopic lobectomy, right lower lobe|胸腔鏡右下肺葉切除術|vats
0BTG4ZZ|Thoracoscopic lobectomy, left upper lobe|胸腔鏡左上肺葉切除術|vats
0BTJ4ZZ|Thoracoscopic lobectomy, left lower lobe|胸腔鏡左下肺葉切除術|vats
0HBT3ZX|Needle biopsy of right breast|右側乳房穿刺切片|
0HBU3ZX|Needle biopsy of left breast|左側乳房穿刺切片|
0HBT0ZZ|Partial mastectomy, right|右側部分乳房切除術|lumpectomy
0HBU0ZZ|Partial mastectomy, left|左側部分乳房切除術|lumpectomy
0HTT0ZZ|Mastectomy, right|右側全乳房切除術|
0HTU0ZZ|Mastectomy, left|左側全乳房切除術|
0GTK0ZZ|Total thyroidectomy|全甲狀腺切除術|
0GTG0ZZ|Left thyroid lobectomy|左側甲狀腺葉切除術|
0GTH0ZZ|Right thyroid lobectomy|右側甲狀腺葉切除術|
0UT90ZZ|Open hysterectomy|開腹子宮切除術|ath
0UT94ZZ|Laparoscopic hysterectomy|腹腔鏡子宮切除術|lavh
0UT24ZZ|Laparoscopic removal of both ovaries|腹腔鏡雙側卵巢切除術|
0UT74ZZ|Laparoscopic removal of both fallopian tubes|腹腔鏡雙側輸卵管切除術|
0UB90ZZ|Open myomectomy|開腹子宮肌瘤切除術|fibroid
0UDB8ZX|Hysteroscopic endometrial sampling|子宮鏡內膜取樣|d&c
0UL74ZZ|Laparoscopic tubal occlusion|腹腔鏡輸卵管結紮|sterilisation
10D00Z1|Low caesarean section|子宮下段剖腹產|c/s cs
10D00Z0|Classical caesarean section|傳統剖腹產|c/s cs
10E0XZZ|Assisted delivery|自然產接生|nsd
10D07Z3|Low forceps delivery|低位產鉗生產|
10D07Z6|Vacuum delivery|真空吸引生產|
10907ZC|Artificial rupture of membranes|人工破水|arom
0KQM0ZZ|Repair of perineal muscle|會陰肌肉修補|
0W8NXZZ|Episiotomy|會陰切開術|
0VT04ZZ|Laparoscopic prostatectomy|腹腔鏡攝護腺切除術|
0VT00ZZ|Open prostatectomy|開放性攝護腺切除術|
0VB08ZZ|Transurethral resection of prostate|經尿道攝護腺刮除術|turp
0VB03ZX|Needle biopsy of prostate|攝護腺穿刺切片|
0VTTXZZ|Circumcision|包皮環切術|
0VT90ZZ|Removal of right testis|右側睪丸切除術|orchiectomy
0VBQ0ZZ|Vasectomy|輸精管結紮|
0TT04ZZ|Laparoscopic nephrectomy, right|腹腔鏡右腎切除術|
0TT14ZZ|Laparoscopic nephrectomy, left|腹腔鏡左腎切除術|
0TBB8ZZ|Transurethral resection of bladder tumour|經尿道膀胱腫瘤刮除術|turbt
0TJB8ZZ|Cystoscopy|膀胱鏡檢查|
0TC68ZZ|Ureteroscopic stone removal, right|右側輸尿管鏡取石|urs
0TC78ZZ|Ureteroscopic stone removal, left|左側輸尿管鏡取石|urs
0TF3XZZ|Shock wave lithotripsy of right kidney pelvis|右側體外震波碎石|eswl
0TF4XZZ|Shock wave lithotripsy of left kidney pelvis|左側體外震波碎石|eswl
0T768DZ|Ureteral stent, right|右側輸尿管支架置放|double j dj
0T778DZ|Ureteral stent, left|左側輸尿管支架置放|double j dj
0T9B70Z|Urinary catheter|導尿管置入|foley
0SR90JZ|Hip replacement, right|右側人工髖關節置換術|thr
0SRB0JZ|Hip replacement, left|左側人工髖關節置換術|thr
0SRC0JZ|Knee replacement, right|右側人工膝關節置換術|tkr
0SRD0JZ|Knee replacement, left|左側人工膝關節置換術|tkr
0QS604Z|Open fixation of right upper femur|右側股骨上端開放性復位固定|orif hip fracture
0QS704Z|Open fixation of left upper femur|左側股骨上端開放性復位固定|orif hip fracture
0QSG04Z|Open fixation of right tibia|右側脛骨開放性復位固定|orif
0QSH04Z|Open fixation of left tibia|左側脛骨開放性復位固定|orif
0PSH04Z|Open fixation of right radius|右側橈骨開放性復位固定|orif
0PSJ04Z|Open fixation of left radius|左側橈骨開放性復位固定|orif
0SBC4ZZ|Arthroscopic excision in right knee|右膝關節鏡切除術|meniscus
0SBD4ZZ|Arthroscopic excision in left knee|左膝關節鏡切除術|meniscus
0LQ14ZZ|Arthroscopic repair of right shoulder tendon|右肩關節鏡肌腱修補|rotator cuff
0LQ24ZZ|Arthroscopic repair of left shoulder tendon|左肩關節鏡肌腱修補|rotator cuff
0SG00AJ|Lumbar fusion of one joint|腰椎融合術,單節|tlif plif
0SG10AJ|Lumbar fusion of several joints|腰椎融合術,多節|
0SB20ZZ|Lumbar discectomy|腰椎間盤切除術|hivd
0RB30ZZ|Cervical discectomy|頸椎間盤切除術|
01N50ZZ|Carpal tunnel release|腕隧道減壓術|median nerve
0QU03JZ|Vertebroplasty, lumbar|腰椎骨水泥灌注|
0Y6H0Z1|Amputation of right lower leg|右小腿截肢|bk
0Y6J0Z1|Amputation of left lower leg|左小腿截肢|bk
00C40ZZ|Evacuation of subdural haematoma|硬腦膜下血腫清除術|craniotomy
00B00ZZ|Excision of brain tissue|腦組織切除術|craniotomy tumour
009630Z|External ventricular drain|腦室外引流|evd
00160J6|Ventriculoperitoneal shunt|腦室腹腔引流|vp
03CG3ZZ|Thrombectomy of intracranial artery|顱內動脈取栓術|stroke evt
03VG3DZ|Coiling of intracranial aneurysm|顱內動脈瘤栓塞|
03CK0ZZ|Carotid endarterectomy, right|右側頸動脈內膜切除術|cea
03CL0ZZ|Carotid endarterectomy, left|左側頸動脈內膜切除術|cea
04V03DZ|Endovascular repair of abdominal aorta|腹主動脈血管內修復|evar
047K3ZZ|Angioplasty of right femoral artery|右股動脈血管擴張術|pta
047L3ZZ|Angioplasty of left femoral artery|左股動脈血管擴張術|pta
031B0ZF|Arteriovenous fistula, right forearm|右前臂動靜脈廔管|avf
031C0ZF|Arteriovenous fistula, left forearm|左前臂動靜脈廔管|avf
065P3ZZ|Ablation of right saphenous vein|右側大隱靜脈燒灼|varicose
065Q3ZZ|Ablation of left saphenous vein|左側大隱靜脈燒灼|varicose
07TP0ZZ|Open splenectomy|開腹脾臟切除術|
08RJ3JZ|Cataract surgery with lens implant, right|右眼白內障手術併人工水晶體|phaco
08RK3JZ|Cataract surgery with lens implant, left|左眼白內障手術併人工水晶體|phaco
08T43ZZ|Vitrectomy, right|右眼玻璃體切除術|
08T53ZZ|Vitrectomy, left|左眼玻璃體切除術|
3E0C3GC|Injection into the eye|眼內注射|ivi
0CTPXZZ|Tonsillectomy|扁桃腺切除術|
0CTQXZZ|Adenoidectomy|腺樣體切除術|
09SM0ZZ|Septoplasty|鼻中膈矯正術|
099500Z|Ventilation tube, right ear|右耳通氣管置放|grommet
099600Z|Ventilation tube, left ear|左耳通氣管置放|grommet
0HQ0XZZ|Suture of scalp|頭皮縫合|laceration
0HQ1XZZ|Suture of face|臉部縫合|laceration
0HQFXZZ|Suture of right hand|右手縫合|laceration
0HQGXZZ|Suture of left hand|左手縫合|laceration
0HRKX74|Split skin graft, right lower leg|右小腿植皮術|stsg
0YQ50ZZ|Open inguinal hernia repair, right|右側腹股溝疝氣修補術|
0YQ60ZZ|Open inguinal hernia repair, left|左側腹股溝疝氣修補術|
0YU54JZ|Laparoscopic hernia repair with mesh, right|腹腔鏡右側疝氣修補術(網膜)|tep tapp
0YU64JZ|Laparoscopic hernia repair with mesh, left|腹腔鏡左側疝氣修補術(網膜)|tep tapp
06BY0ZC|Haemorrhoidectomy|痔瘡切除術|
BW03ZZZ|Chest X-ray|胸部X光|cxr
BW00ZZZ|Abdominal X-ray|腹部X光|kub
B020ZZZ|Computed tomography of brain|腦部電腦斷層|ct
B030ZZZ|Magnetic resonance of brain|腦部磁振造影|mri
BB24ZZZ|Computed tomography of both lungs|肺部電腦斷層|ct ldct
BW20ZZZ|Computed tomography of abdomen|腹部電腦斷層|ct
BW21ZZZ|Computed tomography of abdomen and pelvis|腹部及骨盆電腦斷層|ct
BR39ZZZ|Magnetic resonance of lumbar spine|腰椎磁振造影|mri
BR30ZZZ|Magnetic resonance of cervical spine|頸椎磁振造影|mri
BR09ZZZ|X-ray of lumbar spine|腰椎X光|
BQ07ZZZ|X-ray of right knee|右膝X光|
BQ08ZZZ|X-ray of left knee|左膝X光|
B245ZZZ|Ultrasound of left heart|左心超音波|echo
B246ZZZ|Ultrasound of heart, both sides|心臟超音波|echo tte
BF45ZZZ|Ultrasound of liver|肝臟超音波|echo
BT43ZZZ|Ultrasound of both kidneys|雙側腎臟超音波|echo
BG44ZZZ|Ultrasound of thyroid|甲狀腺超音波|echo
BH02ZZZ|Mammography, both sides|雙側乳房攝影|
BH42ZZZ|Ultrasound of both breasts|雙側乳房超音波|echo
BY4FZZZ|Ultrasound of one fetus, third trimester|第三孕期胎兒超音波|echo
4A02X4Z|Electrocardiogram|心電圖|ecg ekg
4A12X45|Ambulatory electrocardiogram|24小時心電圖|holter
4A00X4Z|Electroencephalogram|腦波檢查|eeg
3E03305|Chemotherapy by peripheral vein|周邊靜脈化學治療|antineoplastic
3E04305|Chemotherapy by central vein|中央靜脈化學治療|antineoplastic
3E03317|Thrombolysis by peripheral vein|周邊靜脈血栓溶解治療|tpa
3E0234Z|Vaccination into muscle|肌肉注射疫苗|immunisation
3E0436Z|Parenteral nutrition by central vein|全靜脈營養|tpn
6A550Z3|Plasma exchange, single|血漿置換術|plasmapheresis
6A600ZZ|Phototherapy of skin|皮膚照光治療|newborn jaundice
GZB2ZZZ|Electroconvulsive therapy, bilateral|雙側電痙攣治療|ect
HZ2ZZZZ|Detoxification|戒癮解毒治療|
`
