/**
 * Common diagnoses with ICD-10-CM codes, chapters L to Z and U. Codes are facts of the classification; the names in
 * both languages are our own wording. One line: code, English, 繁體中文, further words to find it by.
 */
export const DIAGNOSES_L_TO_Z = `
L01.00|Impetigo|膿痂疹
L02.91|Skin abscess|皮膚膿瘍
L03.90|Cellulitis|蜂窩性組織炎
L03.115|Cellulitis of right leg|右下肢蜂窩性組織炎
L03.116|Cellulitis of left leg|左下肢蜂窩性組織炎
L08.9|Local skin infection|皮膚局部感染
L10.0|Pemphigus vulgaris|尋常性天疱瘡
L20.9|Atopic dermatitis|異位性皮膚炎
L21.9|Seborrhoeic dermatitis|脂漏性皮膚炎
L23.9|Allergic contact dermatitis|過敏性接觸性皮膚炎
L27.0|Skin eruption due to medicine|藥物疹
L28.0|Lichen simplex chronicus|慢性單純苔癬
L29.9|Pruritus|皮膚搔癢症|itching
L30.9|Dermatitis|皮膚炎
L40.0|Plaque psoriasis|斑塊型乾癬
L40.50|Psoriatic arthritis|乾癬性關節炎
L40.9|Psoriasis|乾癬
L43.9|Lichen planus|扁平苔癬
L50.9|Urticaria|蕁麻疹
L51.1|Stevens-Johnson syndrome|史蒂文生氏-強生症候群
L57.0|Actinic keratosis|日光性角化症
L60.0|Ingrown nail|甲溝炎(嵌甲)
L63.9|Alopecia areata|圓禿
L70.0|Acne vulgaris|尋常性痤瘡(青春痘)
L71.9|Rosacea|酒糟
L72.0|Epidermal cyst|表皮囊腫
L80|Vitiligo|白斑
L82.1|Seborrhoeic keratosis|脂漏性角化症
L84|Corns and callosities|雞眼及胼胝
L89.159|Pressure ulcer of sacral region|薦部壓瘡
L89.90|Pressure ulcer|壓瘡(褥瘡)
L91.0|Hypertrophic scar and keloid|蟹足腫
L93.0|Discoid lupus|圓盤狀紅斑性狼瘡
L97.909|Ulcer of lower leg|下肢慢性潰瘍
M05.9|Rheumatoid arthritis with rheumatoid factor|類風濕性關節炎,類風濕因子陽性|ra
M06.9|Rheumatoid arthritis|類風濕性關節炎|ra
M08.00|Juvenile rheumatoid arthritis|幼年型類風濕性關節炎
M10.9|Gout|痛風|gouty arthritis
M1A.9XX0|Chronic gout without tophi|慢性痛風,無痛風石
M15.9|Polyosteoarthritis|多發性骨關節炎
M16.9|Osteoarthritis of hip|髖關節退化性關節炎
M17.0|Primary osteoarthritis of both knees|雙側原發性膝關節炎
M17.9|Osteoarthritis of knee|膝關節退化性關節炎
M19.90|Osteoarthritis|退化性關節炎
M20.10|Hallux valgus|拇趾外翻
M23.90|Internal derangement of knee|膝關節內部障礙
M24.50|Contracture of joint|關節攣縮
M25.50|Joint pain|關節痛
M25.511|Pain in right shoulder|右肩痛
M25.561|Pain in right knee|右膝痛
M25.562|Pain in left knee|左膝痛
M31.30|Granulomatosis with polyangiitis|肉芽腫性血管炎
M31.6|Giant cell arteritis|巨細胞動脈炎
M32.10|Systemic lupus erythematosus with organ involvement|全身性紅斑狼瘡併器官侵犯
M32.9|Systemic lupus erythematosus|全身性紅斑狼瘡|sle
M33.20|Polymyositis|多發性肌炎
M34.9|Systemic sclerosis|全身性硬化症(硬皮症)
M35.00|Sjogren syndrome|乾燥症(修格連氏症候群)
M35.3|Polymyalgia rheumatica|風濕性多發性肌痛症
M41.9|Scoliosis|脊椎側彎
M43.16|Spondylolisthesis, lumbar|腰椎滑脫
M45.9|Ankylosing spondylitis|僵直性脊椎炎|as
M46.46|Discitis, lumbar|腰椎椎間盤炎
M47.816|Lumbar spondylosis|腰椎退化性脊椎炎
M47.812|Cervical spondylosis|頸椎退化性脊椎炎
M48.061|Lumbar spinal stenosis without claudication|腰椎管狹窄
M50.20|Cervical disc displacement|頸椎間盤突出
M51.26|Lumbar disc displacement|腰椎間盤突出
M51.36|Lumbar disc degeneration|腰椎間盤退化
M54.2|Cervicalgia|頸痛|neck pain
M54.12|Cervical radiculopathy|頸神經根病變
M54.16|Lumbar radiculopathy|腰神經根病變
M54.30|Sciatica|坐骨神經痛
M54.50|Low back pain|下背痛|lbp 腰痛
M60.9|Myositis|肌炎
M62.81|Muscle weakness|肌肉無力
M62.838|Muscle spasm|肌肉痙攣
M65.30|Trigger finger|板機指
M65.4|De Quervain tenosynovitis|狄奎凡氏症(媽媽手)
M70.60|Trochanteric bursitis|大轉子滑囊炎
M72.2|Plantar fasciitis|足底筋膜炎
M75.00|Adhesive capsulitis of shoulder|冰凍肩(五十肩)|frozen shoulder
M75.100|Rotator cuff tear|旋轉肌袖破裂
M77.10|Lateral epicondylitis|外側上髁炎(網球肘)|tennis elbow
M79.10|Myalgia|肌痛|muscle pain
M79.7|Fibromyalgia|纖維肌痛症
M80.00XA|Osteoporosis with fracture, first encounter|骨質疏鬆症併病理性骨折,初期照護
M81.0|Age-related osteoporosis|老年性骨質疏鬆症
M85.80|Low bone density|骨密度減少
M86.9|Osteomyelitis|骨髓炎
M87.00|Avascular necrosis of bone|缺血性骨壞死
N00.9|Acute nephritic syndrome|急性腎炎症候群
N02.9|Recurrent haematuria|復發性血尿
N03.9|Chronic nephritic syndrome|慢性腎炎症候群
N04.9|Nephrotic syndrome|腎病症候群
N10|Acute pyelonephritis|急性腎盂腎炎
N11.9|Chronic tubulo-interstitial nephritis|慢性間質性腎炎
N13.30|Hydronephrosis|水腎症
N17.9|Acute kidney failure|急性腎衰竭|aki
N18.1|Chronic kidney disease stage 1|慢性腎臟病第一期
N18.2|Chronic kidney disease stage 2|慢性腎臟病第二期
N18.30|Chronic kidney disease stage 3|慢性腎臟病第三期|ckd
N18.31|Chronic kidney disease stage 3a|慢性腎臟病第3a期
N18.32|Chronic kidney disease stage 3b|慢性腎臟病第3b期
N18.4|Chronic kidney disease stage 4|慢性腎臟病第四期|ckd
N18.5|Chronic kidney disease stage 5|慢性腎臟病第五期|ckd
N18.6|End-stage renal disease|末期腎臟病|esrd
N18.9|Chronic kidney disease|慢性腎臟病|ckd
N19|Kidney failure|腎衰竭
N20.0|Renal calculus|腎結石|kidney stone
N20.1|Ureteral calculus|輸尿管結石|ureteral stone
N21.0|Bladder stone|膀胱結石
N23|Renal colic|腎絞痛
N25.81|Secondary hyperparathyroidism of renal origin|腎性次發性副甲狀腺亢進
N28.1|Acquired kidney cyst|後天性腎囊腫
N30.00|Acute cystitis without blood|急性膀胱炎
N30.10|Interstitial cystitis|間質性膀胱炎
N31.9|Neurogenic bladder|神經性膀胱
N32.81|Overactive bladder|膀胱過動症
N34.1|Urethritis|尿道炎
N39.0|Urinary tract infection|泌尿道感染|uti
N39.3|Stress incontinence|應力性尿失禁
N40.0|Enlarged prostate without urinary symptoms|攝護腺肥大,無下泌尿道症狀|bph
N40.1|Enlarged prostate with urinary symptoms|攝護腺肥大併下泌尿道症狀|bph
N41.0|Acute prostatitis|急性攝護腺炎
N43.3|Hydrocele|陰囊水腫
N44.00|Torsion of testis|睪丸扭轉
N45.1|Epididymitis|副睪丸炎
N46.9|Male infertility|男性不孕症
N47.1|Phimosis|包莖
N52.9|Erectile dysfunction|勃起功能障礙
N60.19|Fibrocystic breast|乳房纖維囊腫
N61.0|Mastitis without abscess|乳腺炎
N63.0|Breast lump|乳房腫塊
N70.91|Salpingitis|輸卵管炎
N72|Inflammation of cervix|子宮頸炎
N73.9|Pelvic inflammatory disease, female|女性骨盆腔發炎
N76.0|Acute vaginitis|急性陰道炎
N80.9|Endometriosis|子宮內膜異位症
N81.4|Uterine prolapse|子宮脫垂
N83.209|Ovarian cyst|卵巢囊腫
N84.1|Polyp of cervix|子宮頸息肉
N85.00|Endometrial hyperplasia|子宮內膜增生
N87.9|Cervical dysplasia|子宮頸上皮化生不良
N91.2|Amenorrhoea|無月經|absent menstruation
N92.0|Menorrhagia|月經過多|heavy menstruation
N93.9|Abnormal uterine bleeding|異常子宮出血
N94.6|Dysmenorrhoea|經痛|painful menstruation
N95.1|Menopausal symptoms|停經症候群
N97.9|Female infertility|女性不孕症
O00.90|Ectopic pregnancy|子宮外孕
O02.1|Missed abortion|過期流產
O03.9|Complete spontaneous abortion|完全自然流產
O10.919|Hypertension before pregnancy|妊娠前高血壓
O13.9|Gestational hypertension|妊娠高血壓
O14.90|Pre-eclampsia|子癇前症
O15.9|Eclampsia|子癇症
O20.0|Threatened abortion|先兆性流產
O21.0|Mild vomiting of pregnancy|輕度妊娠劇吐
O24.410|Gestational diabetes controlled by diet|妊娠糖尿病,飲食控制
O24.419|Gestational diabetes|妊娠糖尿病|gdm
O26.90|Pregnancy-related condition|妊娠相關病況
O30.009|Twin pregnancy|雙胞胎妊娠
O32.1XX0|Breech presentation|臀位
O34.219|Scar from earlier caesarean|前次剖腹產疤痕
O36.5990|Poor fetal growth|胎兒生長遲滯
O42.90|Premature rupture of membranes|早期破水
O44.00|Placenta praevia|前置胎盤
O45.90|Premature separation of placenta|胎盤早期剝離
O47.9|False labour|假性陣痛
O48.0|Post-term pregnancy|過期妊娠
O60.10X0|Preterm labour with preterm delivery|早產
O66.9|Obstructed labour|難產
O72.1|Postpartum haemorrhage|產後大出血
O80|Normal delivery|正常生產|nsd svd
O82|Caesarean delivery without indication|剖腹生產,無適應症
O86.4|Fever after delivery|產後發燒
O99.019|Anaemia complicating pregnancy|妊娠合併貧血
P00.9|Newborn affected by maternal condition|新生兒受母體狀況影響
P05.9|Newborn affected by slow fetal growth|新生兒胎兒生長遲滯
P07.30|Preterm newborn|早產兒
P07.10|Low birth weight|低出生體重兒
P08.1|Large newborn|巨嬰|heavy newborn
P12.0|Cephalhaematoma due to birth injury|產傷性頭血腫
P13.4|Fracture of clavicle due to birth injury|產傷性鎖骨骨折
P22.0|Respiratory distress syndrome of newborn|新生兒呼吸窘迫症候群
P22.1|Transient tachypnoea of newborn|新生兒暫時性呼吸急促|transient fast breathing of newborn
P24.00|Meconium aspiration|胎便吸入
P24.01|Meconium aspiration with respiratory symptoms|胎便吸入併呼吸症狀
P28.4|Apnoea of newborn|新生兒呼吸暫停
P29.30|Pulmonary hypertension of newborn|新生兒肺高壓
P36.9|Sepsis of newborn|新生兒敗血症
P55.1|ABO incompatibility of newborn|新生兒ABO血型不合
P59.9|Jaundice of newborn|新生兒黃疸
P61.2|Anaemia of prematurity|早產兒貧血
P70.4|Neonatal hypoglycaemia|新生兒低血糖|low glucose of newborn
P77.9|Necrotising enterocolitis|壞死性腸炎
P92.9|Feeding problem of newborn|新生兒餵食問題
Q02|Microcephaly|小頭症
Q05.9|Spina bifida|脊柱裂
Q21.0|Ventricular septal defect|心室中膈缺損
Q21.1|Atrial septal defect|心房中膈缺損
Q21.3|Tetralogy of Fallot|法洛氏四重症
Q25.0|Patent ductus arteriosus|開放性動脈導管
Q25.1|Coarctation of aorta|主動脈窄縮
Q35.9|Cleft palate|顎裂
Q36.9|Cleft lip|唇裂
Q40.0|Pyloric stenosis of infancy|先天性幽門狹窄
Q43.1|Hirschsprung disease|巨結腸症
Q53.9|Undescended testis|隱睪症
Q54.9|Hypospadias|尿道下裂
Q61.2|Polycystic kidney, adult type|成人型多囊腎
Q65.89|Congenital deformity of hip|先天性髖關節變形
Q66.89|Congenital foot deformity|先天性足部變形
Q85.00|Neurofibromatosis|神經纖維瘤病
Q90.9|Down syndrome|唐氏症
Q96.9|Turner syndrome|透納氏症候群
Q98.4|Klinefelter syndrome|克氏症候群
R00.0|Tachycardia|心搏過速|fast heart beat
R00.1|Bradycardia|心搏過緩|slow heart beat
R00.2|Palpitations|心悸
R03.0|High blood pressure reading without hypertension|血壓偏高,未診斷高血壓
R04.0|Epistaxis|鼻出血|nosebleed
R04.2|Haemoptysis|咳血|coughing of blood
R05.9|Cough|咳嗽
R06.02|Dyspnoea|呼吸短促|shortness of breath
R07.9|Chest pain|胸痛|angina
R09.02|Hypoxaemia|低血氧|low blood oxygen
R10.13|Epigastric pain|上腹痛
R10.9|Abdominal pain|腹痛
R11.0|Nausea|噁心
R11.2|Nausea with vomiting|噁心嘔吐
R12|Heartburn|胃灼熱
R13.10|Dysphagia|吞嚥困難|difficulty in swallowing
R14.0|Abdominal distension|腹脹|bloating
R17|Jaundice|黃疸
R18.8|Ascites|腹水
R19.7|Diarrhoea|腹瀉
R21|Rash|皮疹
R22.9|Localised swelling|局部腫塊
R25.2|Cramp and spasm|抽筋
R26.9|Abnormal gait|步態異常
R29.6|Repeated falls|反覆跌倒
R30.0|Dysuria|排尿疼痛|painful urination
R31.9|Haematuria|血尿|blood in urine
R32|Urinary incontinence|尿失禁
R33.9|Urinary retention|尿滯留
R35.0|Urinary frequency|頻尿|frequent urination
R40.20|Coma|昏迷
R41.0|Disorientation|意識混亂
R41.3|Amnesia|記憶力減退|memory loss
R42|Dizziness|頭暈|vertigo dizzy 眩暈
R47.01|Aphasia|失語症
R50.9|Fever|發燒
R51.9|Headache|頭痛|cephalgia
R53.1|Weakness|虛弱
R53.83|Fatigue|疲倦
R55|Syncope|暈厥|fainting fainting
R56.00|Febrile convulsion|熱性痙攣
R56.9|Convulsion|抽搐
R57.0|Cardiogenic shock|心因性休克
R57.9|Shock|休克
R59.9|Enlarged lymph nodes|淋巴結腫大
R60.0|Localised oedema|局部水腫
R62.51|Failure to thrive of child|兒童生長遲滯
R63.4|Abnormal weight loss|體重異常減輕
R64|Cachexia|惡病質
R65.20|Severe sepsis without shock|嚴重敗血症,無休克
R65.21|Severe sepsis with shock|嚴重敗血症併休克
R73.01|High fasting glucose|空腹血糖異常
R73.03|Prediabetes|糖尿病前期
R73.9|Hyperglycaemia|高血糖|high blood glucose
R74.01|High liver enzymes|肝轉胺酶升高
R79.89|Abnormal blood chemistry|血液生化異常
R80.9|Proteinuria|蛋白尿|protein in urine
R91.1|Single lung nodule|單一肺結節
R92.8|Abnormal breast imaging|乳房影像異常
R94.31|Abnormal electrocardiogram|心電圖異常
R97.20|High prostate-specific antigen|攝護腺特異抗原升高
S00.93XA|Bruise of head, first encounter|頭部挫傷,初期照護
S01.01XA|Cut of scalp, first encounter|頭皮撕裂傷,初期照護
S02.2XXA|Fracture of nose, first encounter|鼻骨骨折,初期照護
S06.0X0A|Concussion without loss of consciousness, first encounter|腦震盪,無意識喪失,初期照護
S06.5X0A|Traumatic subdural haemorrhage, first encounter|外傷性硬腦膜下出血,初期照護
S13.4XXA|Neck sprain, first encounter|頸部扭傷,初期照護
S22.39XA|Fracture of rib, first encounter|單根肋骨骨折,初期照護
S32.009A|Fracture of lumbar vertebra, first encounter|腰椎骨折,初期照護
S39.012A|Strain of lower back, first encounter|下背拉傷,初期照護
S42.009A|Fracture of clavicle, first encounter|鎖骨骨折,初期照護
S42.309A|Fracture of humerus, first encounter|肱骨骨折,初期照護
S43.006A|Dislocated shoulder, first encounter|肩關節脫臼,初期照護
S52.509A|Fracture of lower radius, first encounter|橈骨下端骨折,初期照護
S61.409A|Open wound of hand, first encounter|手部開放性傷口,初期照護
S62.609A|Fracture of finger, first encounter|手指骨折,初期照護
S72.009A|Fracture of neck of femur, first encounter|股骨頸骨折,初期照護
S72.141A|Intertrochanteric fracture of right hip, first encounter|右側股骨轉子間骨折,初期照護
S80.00XA|Bruise of knee, first encounter|膝部挫傷,初期照護
S82.009A|Fracture of kneecap, first encounter|髕骨骨折,初期照護
S82.209A|Fracture of tibia, first encounter|脛骨骨折,初期照護
S83.519A|Torn anterior cruciate ligament, first encounter|前十字韌帶扭傷,初期照護
S86.019A|Achilles tendon strain, first encounter|阿基里斯腱拉傷,初期照護
S91.309A|Open wound of foot, first encounter|足部開放性傷口,初期照護
S93.409A|Ankle sprain, first encounter|踝部扭傷,初期照護
T14.90XA|Injury, first encounter|損傷,初期照護
T15.91XA|Foreign body in eye surface, first encounter|眼表異物,初期照護
T16.9XXA|Foreign body in ear, first encounter|耳內異物,初期照護
T17.1XXA|Foreign body in nostril, first encounter|鼻腔異物,初期照護
T17.908A|Foreign body in airway, first encounter|呼吸道異物,初期照護
T18.108A|Foreign body in oesophagus, first encounter|食道異物,初期照護
T20.20XA|Second-degree burn of head and neck, first encounter|頭頸部二度燒傷,初期照護
T21.20XA|Second-degree burn of trunk, first encounter|軀幹二度燒傷,初期照護
T22.20XA|Second-degree burn of arm, first encounter|上肢二度燒傷,初期照護
T23.209A|Second-degree burn of hand, first encounter|手部二度燒傷,初期照護
T24.209A|Second-degree burn of leg, first encounter|下肢二度燒傷,初期照護
T25.229A|Second-degree burn of foot, first encounter|足部二度燒傷,初期照護
T30.0|Burn|燒傷
T39.1X1A|Paracetamol poisoning, accidental, first encounter|乙醯胺酚中毒,意外,初期照護
T40.1X1A|Heroin poisoning, accidental, first encounter|海洛因中毒,意外,初期照護
T42.4X1A|Benzodiazepine poisoning, accidental, first encounter|苯二氮平類中毒,意外,初期照護
T43.011A|Tricyclic antidepressant poisoning, accidental, first encounter|三環抗憂鬱劑中毒,意外,初期照護
T45.511A|Anticoagulant poisoning, accidental, first encounter|抗凝血劑中毒,意外,初期照護
T50.901A|Medicine poisoning, accidental, first encounter|藥物中毒,意外,初期照護
T51.0X1A|Alcohol poisoning, accidental, first encounter|酒精中毒,意外,初期照護
T58.01XA|Carbon monoxide poisoning, accidental, first encounter|一氧化碳中毒,意外,初期照護
T60.0X1A|Organophosphate poisoning, accidental, first encounter|有機磷中毒,意外,初期照護
T61.11XA|Scombroid fish poisoning, accidental, first encounter|鯖科魚中毒,意外,初期照護
T63.001A|Snake venom, accidental, first encounter|毒蛇咬傷中毒,意外,初期照護
T63.441A|Bee sting, accidental, first encounter|蜂螫傷,意外,初期照護
T67.01XA|Heatstroke, first encounter|中暑,初期照護
T68.XXXA|Hypothermia, first encounter|失溫,初期照護
T75.1XXA|Near-drowning, first encounter|溺水未致死,初期照護
T78.2XXA|Anaphylactic shock, first encounter|過敏性休克,初期照護
T78.3XXA|Angio-oedema, first encounter|血管性水腫,初期照護
T78.40XA|Allergy, first encounter|過敏,初期照護
T79.4XXA|Traumatic shock, first encounter|創傷性休克,初期照護
T80.1XXA|Vein trouble after infusion, first encounter|輸液後血管併發症,初期照護
T81.40XA|Infection after a procedure, first encounter|術後感染,初期照護
T82.855A|Stenosis of coronary stent, first encounter|冠狀動脈支架狹窄,初期照護
T83.511A|Infection due to indwelling urinary catheter, first encounter|留置導尿管感染,初期照護
T84.54XA|Infection of artificial left knee, first encounter|左側人工膝關節感染,初期照護
T85.79XA|Infection of internal device, first encounter|體內裝置感染,初期照護
T86.11|Kidney transplant rejection|移植腎排斥
T88.7XXA|Adverse effect of medicine, first encounter|藥物不良反應,初期照護
U07.1|COVID-19|新型冠狀病毒感染(COVID-19)|新冠 coronavirus
U09.9|Post-COVID condition|新型冠狀病毒感染後病況
V00.131A|Fall from skateboard, first encounter|滑板跌落,初期照護
V03.10XA|Pedestrian hit by car in traffic, first encounter|行人遭汽車撞傷,初期照護
V13.4XXA|Cyclist hurt in collision with car, first encounter|自行車騎士與汽車相撞,初期照護
V19.9XXA|Cyclist hurt in traffic, first encounter|自行車騎士交通事故,初期照護
V23.4XXA|Motorcyclist hurt in collision with car, first encounter|機車騎士與汽車相撞,初期照護
V28.4XXA|Motorcyclist hurt without collision, first encounter|機車騎士自摔,初期照護
V29.9XXA|Motorcyclist hurt in traffic, first encounter|機車騎士交通事故,初期照護
V43.52XA|Car driver hurt in collision with car, first encounter|汽車駕駛與汽車相撞,初期照護
V89.2XXA|Traffic accident, first encounter|交通事故,初期照護
W01.0XXA|Fall on the same level, first encounter|同一平面跌倒,初期照護
W06.XXXA|Fall from bed, first encounter|床上跌落,初期照護
W07.XXXA|Fall from chair, first encounter|椅子跌落,初期照護
W10.9XXA|Fall on stairs, first encounter|樓梯跌落,初期照護
W11.XXXA|Fall from ladder, first encounter|梯子跌落,初期照護
W18.30XA|Fall on the same level, cause unclear, first encounter|同一平面跌倒,原因不明,初期照護
W19.XXXA|Fall, first encounter|跌倒,初期照護
W22.8XXA|Struck against an object, first encounter|撞擊物體,初期照護
W25.XXXA|Contact with sharp glass, first encounter|銳利玻璃割傷,初期照護
W26.0XXA|Contact with knife, first encounter|刀割傷,初期照護
W31.9XXA|Contact with machinery, first encounter|機械傷害,初期照護
W54.0XXA|Dog bite, first encounter|狗咬傷,初期照護
W55.01XA|Cat bite, first encounter|貓咬傷,初期照護
W57.XXXA|Insect bite, first encounter|昆蟲咬傷,初期照護
X08.8XXA|Exposure to fire, first encounter|火焰暴露,初期照護
X10.2XXA|Contact with hot fat or cooking oil, first encounter|熱油燙傷,初期照護
X11.8XXA|Contact with hot tap water, first encounter|熱水燙傷,初期照護
X30.XXXA|Exposure to natural heat, first encounter|自然高溫暴露,初期照護
X31.XXXA|Exposure to natural cold, first encounter|自然低溫暴露,初期照護
X34.XXXA|Earthquake, first encounter|地震受傷,初期照護
X50.0XXA|Overexertion, first encounter|用力過度,初期照護
X58.XXXA|Exposure to other factors, first encounter|暴露於其他因素,初期照護
X78.9XXA|Self-harm by sharp object, first encounter|以銳器自傷,初期照護
X83.8XXA|Intentional self-harm, first encounter|蓄意自我傷害,初期照護
Y04.0XXA|Assault in a fight, first encounter|鬥毆傷害,初期照護
Y07.499|Maltreatment by a family member|家庭成員施虐
Y35.99XA|Legal intervention, first encounter|執法行為所致傷害,初期照護
Y83.1|Reaction to implant surgery|植入物手術後反應
Y84.0|Reaction to cardiac catheterisation|心導管術後反應
Y90.9|Alcohol in the blood, level unknown|血中有酒精,濃度不明
Y92.009|Place: at home|發生地點:住家
Y93.02|Activity: running|活動:跑步
Y93.67|Activity: basketball|活動:籃球
Y99.0|Civilian activity for pay|有酬工作中
Z00.00|Health examination of adult, normal findings|成人健康檢查,無異常|checkup 健檢
Z00.01|Health examination of adult, abnormal findings|成人健康檢查,有異常
Z00.129|Health examination of child, normal findings|兒童健康檢查,無異常
Z01.419|Gynaecological examination|婦科檢查
Z01.818|Examination before a procedure|術前檢查
Z03.89|Observation for suspected condition, ruled out|疑似病況觀察,已排除
Z08|Follow-up after cancer treatment|癌症治療後追蹤
Z09|Follow-up after other treatment|治療後追蹤
Z11.3|Screening for sexually transmitted infection|性傳染病篩檢
Z11.59|Screening for viral disease|病毒性疾病篩檢
Z12.11|Screening for colon cancer|大腸癌篩檢
Z12.31|Screening mammogram|乳房攝影篩檢
Z12.4|Screening for cervical cancer|子宮頸癌篩檢
Z13.1|Screening for diabetes|糖尿病篩檢
Z20.822|Contact with COVID-19|接觸新型冠狀病毒
Z21|Asymptomatic HIV infection|無症狀HIV感染|hiv
Z23|Vaccination|預防接種
Z30.09|Contraception advice|避孕諮詢
Z32.01|Positive pregnancy test|驗孕陽性
Z33.1|Pregnant state, incidental|懷孕狀態
Z34.90|Supervision of normal pregnancy|正常妊娠產檢
Z37.0|Single live birth|單胎活產
Z38.00|Single liveborn, in hospital, vaginal|院內單胎活產,陰道產
Z38.01|Single liveborn, in hospital, caesarean|院內單胎活產,剖腹產
Z41.1|Cosmetic surgery|美容手術
Z45.018|Check of pacemaker|心律調節器檢查
Z47.1|Aftercare of joint replacement|人工關節置換術後照護
Z48.00|Change of dressing|更換敷料
Z48.815|Aftercare of digestive surgery|消化道手術後照護
Z49.31|Adequacy test for haemodialysis|血液透析適量性檢測
Z51.0|Radiotherapy session|放射線治療
Z51.11|Chemotherapy session|化學治療
Z51.5|Palliative care|安寧緩和照護
Z53.20|Procedure not done by patient's decision|病人決定未執行處置
Z63.0|Problem with partner|伴侶關係問題
Z66|Do not resuscitate|不施行心肺復甦
Z68.30|Body mass index 30 to 30.9, adult|成人身體質量指數30.0-30.9
Z71.3|Dietary advice|飲食諮詢
Z72.0|Tobacco use|吸菸
Z74.01|Confined to bed|臥床
Z76.0|Repeat prescription|續領處方
Z79.01|Long-term anticoagulant|長期使用抗凝血劑
Z79.4|Long-term insulin|長期使用胰島素
Z79.82|Long-term aspirin|長期使用阿斯匹靈
Z79.899|Long-term medicine|長期使用藥物
Z80.3|Family history of breast cancer|乳癌家族史
Z82.49|Family history of heart disease|心臟病家族史
Z83.3|Family history of diabetes|糖尿病家族史
Z85.038|History of colon cancer|大腸癌病史
Z85.3|History of breast cancer|乳癌病史
Z86.73|History of stroke without after-effects|中風病史,無後遺症
Z87.891|Former smoker|過去吸菸史
Z88.0|Penicillin allergy|青黴素過敏
Z89.511|Right leg lost below knee|右小腿截肢
Z90.710|Uterus removed|子宮切除術後
Z91.19|Treatment not followed|未遵從醫囑
Z93.3|Colostomy present|結腸造口
Z94.0|Transplanted kidney|腎移植狀態
Z95.0|Pacemaker present|裝有心律調節器
Z95.1|Bypass graft present|冠狀動脈繞道術後
Z95.5|Coronary stent present|裝有冠狀動脈支架
Z96.641|Artificial right hip|右側人工髖關節
Z96.651|Artificial right knee|右側人工膝關節
Z98.61|After coronary angioplasty|冠狀動脈成形術後
Z99.11|Dependence on respirator|依賴呼吸器
Z99.2|Dependence on dialysis|依賴腎臟透析
`
