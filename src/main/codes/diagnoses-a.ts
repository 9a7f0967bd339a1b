/**
 * Common diagnoses with ICD-10-CM codes, chapters A to K. Codes are facts of the classification; the names in both
 * languages are our own wording. One line: code, English, 繁體中文, further words to find it by. Full lists are imported by the administrator.
 */
export const DIAGNOSES_A_TO_K = `
A00.9|Cholera|霍亂
A01.00|Typhoid fever|傷寒
A02.0|Salmonella enteritis|沙門氏菌腸炎
A03.9|Shigellosis|桿菌性痢疾
A04.72|Clostridioides difficile enterocolitis|困難梭狀桿菌腸炎
A04.9|Bacterial intestinal infection|細菌性腸道感染
A05.9|Bacterial food poisoning|細菌性食物中毒
A06.0|Acute amoebic dysentery|急性阿米巴痢疾
A08.0|Rotavirus enteritis|輪狀病毒腸炎
A08.11|Norovirus gastroenteritis|諾羅病毒腸胃炎
A08.4|Viral intestinal infection|病毒性腸胃炎
A09|Infectious gastroenteritis and colitis|感染性腸胃炎
A15.0|Tuberculosis of lung|肺結核|tb
A15.9|Respiratory tuberculosis|呼吸道結核病
A17.0|Tuberculous meningitis|結核性腦膜炎
A18.01|Tuberculosis of spine|脊椎結核
A27.9|Leptospirosis|鉤端螺旋體病
A31.0|Pulmonary mycobacterial infection, non-tuberculous|肺部非結核分枝桿菌感染
A36.9|Diphtheria|白喉
A37.90|Whooping cough|百日咳
A38.9|Scarlet fever, uncomplicated|猩紅熱
A39.0|Meningococcal meningitis|腦膜炎球菌性腦膜炎
A40.9|Streptococcal sepsis|鏈球菌敗血症
A41.01|Sepsis due to Staphylococcus aureus|金黃色葡萄球菌敗血症
A41.51|Sepsis due to Escherichia coli|大腸桿菌敗血症
A41.9|Sepsis, organism unspecified|敗血症|septicemia
A46|Erysipelas|丹毒
A48.1|Legionnaires' disease|退伍軍人病
A49.02|MRSA infection, site unspecified|抗甲氧苯青黴素金黃色葡萄球菌感染
A52.3|Neurosyphilis|神經梅毒
A53.9|Syphilis|梅毒
A54.9|Gonococcal infection|淋病
A56.2|Chlamydial infection of genitourinary tract|泌尿生殖道披衣菌感染
A59.9|Trichomoniasis|陰道滴蟲病
A60.00|Genital herpes|生殖器疱疹
A63.0|Anogenital warts|尖形濕疣(菜花)
A69.20|Lyme disease|萊姆病
A75.3|Scrub typhus|恙蟲病
A82.9|Rabies|狂犬病
A87.9|Viral meningitis|病毒性腦膜炎
A90|Dengue fever|登革熱|dhf
A91|Dengue haemorrhagic fever|登革出血熱
B00.1|Herpes simplex of lips and face|唇疱疹
B00.9|Herpes simplex infection|單純疱疹感染
B01.9|Chickenpox without complication|水痘
B02.29|Postherpetic neuralgia|帶狀疱疹後神經痛|post-herpetic nerve pain
B02.9|Herpes zoster without complication|帶狀疱疹
B05.9|Measles|麻疹
B06.9|Rubella|德國麻疹
B07.9|Viral wart|病毒疣
B08.4|Hand, foot and mouth disease|手足口病
B08.5|Herpangina|疱疹性咽峽炎
B15.9|Acute hepatitis A|急性A型肝炎
B16.9|Acute hepatitis B|急性B型肝炎
B17.10|Acute hepatitis C|急性C型肝炎
B18.1|Chronic hepatitis B|慢性B型肝炎|hbv carrier B肝
B18.2|Chronic hepatitis C|慢性C型肝炎|hcv C肝
B20|Human immunodeficiency virus disease|人類免疫缺乏病毒疾病|hiv aids 愛滋病
B25.9|Cytomegalovirus disease|巨細胞病毒感染
B26.9|Mumps|流行性腮腺炎
B27.90|Infectious mononucleosis|傳染性單核球增多症
B34.9|Viral infection, site unspecified|病毒感染
B35.1|Onychomycosis|甲癬(灰指甲)|fungal infection of nails
B35.3|Tinea pedis|足癬(香港腳)
B35.4|Tinea corporis|體癬
B36.0|Pityriasis versicolor|汗斑
B37.0|Oral candidiasis|口腔念珠菌病(鵝口瘡)
B37.3|Vulvovaginal candidiasis|外陰陰道念珠菌病
B44.9|Aspergillosis|麴菌病
B45.9|Cryptococcosis|隱球菌病
B54|Malaria|瘧疾
B65.9|Schistosomiasis|血吸蟲病
B77.9|Ascariasis|蛔蟲病|roundworm infection
B80|Enterobiasis|蟯蟲病|pinworm infection
B85.0|Head lice|頭蝨
B86|Scabies|疥瘡
B95.62|MRSA as cause of disease classified elsewhere|抗甲氧苯青黴素金黃色葡萄球菌為病因
B96.20|Escherichia coli as cause of disease classified elsewhere|大腸桿菌為病因
C00.9|Cancer of lip|唇癌
C02.9|Cancer of tongue|舌癌
C06.9|Cancer of mouth|口腔癌
C11.9|Cancer of nasopharynx|鼻咽癌
C13.9|Cancer of hypopharynx|下咽癌
C15.9|Cancer of oesophagus|食道癌
C16.9|Cancer of stomach|胃癌
C17.9|Cancer of small intestine|小腸癌
C18.9|Cancer of colon|結腸癌
C19|Cancer of rectosigmoid junction|直腸乙狀結腸癌
C20|Cancer of rectum|直腸癌
C21.0|Cancer of anus|肛門癌
C22.0|Hepatocellular carcinoma|肝細胞癌
C22.1|Bile duct cancer within liver|肝內膽管癌
C23|Cancer of gallbladder|膽囊癌
C24.0|Cancer of bile duct outside liver|肝外膽管癌
C25.9|Cancer of pancreas|胰臟癌
C32.9|Cancer of larynx|喉癌
C34.90|Lung cancer, side unspecified|肺癌
C34.11|Cancer of upper lobe, right lung|右上肺葉癌
C34.12|Cancer of upper lobe, left lung|左上肺葉癌
C37|Cancer of thymus|胸腺癌
C40.90|Bone cancer of limb|四肢骨癌
C43.9|Malignant melanoma of skin|皮膚惡性黑色素瘤
C44.91|Basal cell carcinoma of skin|皮膚基底細胞癌
C44.92|Squamous cell carcinoma of skin|皮膚鱗狀細胞癌
C45.0|Mesothelioma of pleura|胸膜間皮瘤
C49.9|Soft tissue sarcoma|軟組織惡性腫瘤
C50.911|Breast cancer, right, female|女性右側乳癌
C50.912|Breast cancer, left, female|女性左側乳癌
C50.919|Breast cancer, female, side unspecified|女性乳癌
C53.9|Cancer of cervix|子宮頸癌
C54.1|Endometrial cancer|子宮內膜癌
C56.9|Ovarian cancer|卵巢癌
C61|Prostate cancer|攝護腺癌
C62.90|Testicular cancer|睪丸癌
C64.9|Kidney cancer|腎臟癌
C65.9|Cancer of renal pelvis|腎盂癌
C66.9|Cancer of ureter|輸尿管癌
C67.9|Bladder cancer|膀胱癌
C71.9|Brain cancer|腦惡性腫瘤
C73|Thyroid cancer|甲狀腺癌
C77.9|Secondary cancer of lymph nodes|淋巴結轉移癌
C78.00|Secondary cancer of lung|肺轉移癌
C78.7|Secondary cancer of liver|肝轉移癌
C79.31|Secondary cancer of brain|腦轉移癌
C79.51|Secondary cancer of bone|骨轉移癌
C80.1|Malignant tumour, primary site unknown|惡性腫瘤,原發部位不明
C81.90|Hodgkin lymphoma|何杰金氏淋巴瘤
C83.30|Diffuse large B-cell lymphoma|瀰漫性大B細胞淋巴瘤
C85.90|Non-Hodgkin lymphoma|非何杰金氏淋巴瘤
C90.00|Multiple myeloma, not in remission|多發性骨髓瘤,未緩解
C91.00|Acute lymphoblastic leukaemia, not in remission|急性淋巴性白血病,未緩解
C91.10|Chronic lymphocytic leukaemia, not in remission|慢性淋巴性白血病,未緩解
C92.00|Acute myeloid leukaemia, not in remission|急性骨髓性白血病,未緩解
C92.10|Chronic myeloid leukaemia, not in remission|慢性骨髓性白血病,未緩解
D05.10|Ductal carcinoma in situ of breast|乳腺管原位癌
D06.9|Carcinoma in situ of cervix|子宮頸原位癌
D12.6|Benign tumour of colon|結腸良性腫瘤
D17.9|Lipoma|脂肪瘤
D18.00|Haemangioma|血管瘤
D22.9|Melanocytic naevus|黑色素細胞痣
D24.9|Benign breast tumour|乳房良性腫瘤
D25.9|Uterine leiomyoma|子宮肌瘤|uterine fibroid
D27.9|Benign ovarian tumour|卵巢良性腫瘤
D32.0|Meningioma of brain|腦膜瘤
D34|Benign thyroid tumour|甲狀腺良性腫瘤
D35.2|Benign pituitary tumour|腦下垂體良性腫瘤
D37.9|Tumour of digestive organ, behaviour uncertain|消化器官腫瘤,性質未明
D45|Polycythaemia vera|真性紅血球增多症
D46.9|Myelodysplastic syndrome|骨髓化生不良症候群
D47.3|Essential thrombocythaemia|原發性血小板過多症
D50.0|Iron deficiency anaemia from blood loss|失血性缺鐵性貧血
D50.9|Iron deficiency anaemia|缺鐵性貧血|ida
D51.0|Pernicious anaemia|惡性貧血
D52.9|Folate deficiency anaemia|葉酸缺乏性貧血
D55.0|G6PD deficiency anaemia|葡萄糖六磷酸去氫酶缺乏症(蠶豆症)
D56.0|Alpha thalassaemia|甲型海洋性貧血
D56.1|Beta thalassaemia|乙型海洋性貧血
D57.1|Sickle cell disease without crisis|鐮刀型紅血球疾病
D59.10|Autoimmune haemolytic anaemia|自體免疫性溶血性貧血
D61.9|Aplastic anaemia|再生不良性貧血
D62|Anaemia after acute bleeding|急性出血後貧血
D63.1|Anaemia in chronic kidney disease|慢性腎病貧血
D64.9|Anaemia|貧血
D65|Disseminated intravascular coagulation|瀰漫性血管內凝血
D66|Haemophilia A|A型血友病
D67|Haemophilia B|B型血友病
D68.9|Coagulation defect|凝血功能異常
D69.3|Immune thrombocytopenic purpura|免疫性血小板低下紫斑症
D69.6|Thrombocytopenia|血小板低下症|low platelet count
D70.9|Neutropenia|嗜中性白血球低下症
D72.829|Leukocytosis|白血球增多症|high white blood cell count
D73.2|Chronic congestive enlarged spleen|慢性充血性脾腫大
D80.9|Antibody immunodeficiency|抗體缺乏性免疫不全
D86.9|Sarcoidosis|類肉瘤病
E03.9|Hypothyroidism|甲狀腺功能低下症
E04.1|Single thyroid nodule|單一甲狀腺結節
E04.2|Multinodular goitre|多結節性甲狀腺腫
E05.00|Graves' disease without crisis|葛瑞夫茲氏病(瀰漫性毒性甲狀腺腫)
E05.90|Hyperthyroidism|甲狀腺功能亢進症|overactive thyroid
E06.3|Hashimoto thyroiditis|橋本氏甲狀腺炎
E10.10|Type 1 diabetes with ketoacidosis|第一型糖尿病併酮酸血症
E10.65|Type 1 diabetes with high glucose|第一型糖尿病併高血糖
E10.9|Type 1 diabetes without complication|第一型糖尿病,無併發症|dm dm1 t1dm iddm sugar diabetes mellitus 糖尿
E11.00|Type 2 diabetes with hyperosmolar state|第二型糖尿病併高滲透壓狀態
E11.21|Type 2 diabetes with nephropathy|第二型糖尿病併腎病變|dm
E11.22|Type 2 diabetes with chronic kidney disease|第二型糖尿病併慢性腎臟病|dm ckd
E11.319|Type 2 diabetes with retinopathy|第二型糖尿病併視網膜病變
E11.40|Type 2 diabetes with neuropathy|第二型糖尿病併神經病變
E11.42|Type 2 diabetes with polyneuropathy|第二型糖尿病併多發性神經病變|dm
E11.51|Type 2 diabetes with peripheral artery disease|第二型糖尿病併周邊血管病變
E11.621|Type 2 diabetes with foot ulcer|第二型糖尿病併足部潰瘍
E11.649|Type 2 diabetes with low glucose|第二型糖尿病併低血糖
E11.65|Type 2 diabetes with high glucose|第二型糖尿病併高血糖|dm dm2 high sugar 血糖高
E11.9|Type 2 diabetes without complication|第二型糖尿病,無併發症|dm dm2 t2dm niddm sugar diabetes mellitus 糖尿
E13.9|Other diabetes without complication|其他特定糖尿病,無併發症
E16.2|Hypoglycaemia|低血糖|low blood glucose sugar
E20.9|Hypoparathyroidism|副甲狀腺功能低下
E21.0|Primary hyperparathyroidism|原發性副甲狀腺功能亢進
E22.1|Hyperprolactinaemia|高泌乳素血症|high prolactin
E22.2|Inappropriate antidiuretic hormone secretion|抗利尿激素分泌失調症候群
E23.0|Hypopituitarism|腦下垂體功能低下|underactive pituitary
E23.2|Diabetes insipidus|尿崩症
E24.9|Cushing syndrome|庫欣氏症候群
E26.09|Primary aldosteronism|原發性高醛固酮症
E27.40|Adrenal insufficiency|腎上腺功能不全
E28.2|Polycystic ovary syndrome|多囊性卵巢症候群|pcos
E30.1|Early puberty|性早熟
E43|Severe protein-calorie malnutrition|重度蛋白質熱量營養不良
E46|Protein-calorie malnutrition|蛋白質熱量營養不良
E53.8|Vitamin B group deficiency|維生素B群缺乏
E55.9|Vitamin D deficiency|維生素D缺乏
E66.01|Severe obesity from excess calories|病態性肥胖
E66.3|Overweight|體重過重
E66.9|Obesity|肥胖症|obese
E70.0|Classical phenylketonuria|典型苯酮尿症
E74.00|Glycogen storage disease|肝醣儲積症
E75.21|Fabry disease|法布瑞氏症
E78.00|Pure hypercholesterolaemia|純高膽固醇血症|pure high cholesterol
E78.1|Pure hypertriglyceridaemia|純高三酸甘油酯血症|pure high triglycerides
E78.2|Mixed hyperlipidaemia|混合型高血脂症|mixed high lipids
E78.5|Hyperlipidaemia|高血脂症|high blood lipids hld dyslipidemia
E79.0|Hyperuricaemia without arthritis or tophi|無症狀高尿酸血症|high uric acid without arthritis or tophi
E80.4|Gilbert syndrome|吉伯特氏症候群
E83.01|Wilson disease|威爾森氏症
E83.110|Hereditary haemochromatosis|遺傳性血色素沉著症
E83.42|Hypomagnesaemia|低血鎂症|low magnesium
E83.52|Hypercalcaemia|高血鈣症|high calcium
E86.0|Dehydration|脫水
E87.1|Hyponatraemia|低血鈉症|low sodium
E87.2|Acidosis|酸中毒
E87.5|Hyperkalaemia|高血鉀症|high potassium
E87.6|Hypokalaemia|低血鉀症|low potassium
E87.70|Fluid overload|體液過多
E88.81|Metabolic syndrome|代謝症候群
E89.0|Hypothyroidism after a procedure|醫療處置後甲狀腺低下
F01.50|Vascular dementia without behavioural disturbance|血管性失智症,無行為障礙
F03.90|Dementia without behavioural disturbance|失智症,無行為障礙|失智
F05|Delirium due to physical condition|生理狀況引起之譫妄
F10.10|Alcohol abuse|酒精濫用
F10.20|Alcohol dependence|酒精依賴
F10.231|Alcohol withdrawal delirium|酒精戒斷譫妄
F11.20|Opioid dependence|鴉片類物質依賴
F13.20|Sedative dependence|鎮靜安眠藥依賴
F15.20|Stimulant dependence|興奮劑依賴
F17.210|Cigarette dependence|香菸尼古丁依賴
F20.9|Schizophrenia|思覺失調症
F22|Delusional disorder|妄想症
F25.9|Schizoaffective disorder|情感思覺失調症
F31.9|Bipolar disorder|雙相情緒障礙症
F32.9|Major depressive disorder, single episode|鬱症,單次發作|depressive episode
F33.1|Recurrent depression, moderate|鬱症,復發,中度
F33.9|Major depressive disorder, recurrent|鬱症,復發|recurrent depression
F34.1|Persistent depressive disorder|持續性憂鬱症
F40.10|Social phobia|社交恐懼症
F41.0|Panic disorder|恐慌症
F41.1|Generalised anxiety disorder|廣泛性焦慮症|gad
F41.9|Anxiety disorder|焦慮症
F42.9|Obsessive-compulsive disorder|強迫症|ocd
F43.10|Post-traumatic stress disorder|創傷後壓力症|ptsd
F43.20|Adjustment disorder|適應障礙症
F45.9|Somatoform disorder|身體型障礙症
F50.00|Anorexia nervosa|厭食症
F50.2|Bulimia nervosa|暴食症
F51.01|Primary insomnia|原發性失眠症
F60.3|Borderline personality disorder|邊緣型人格障礙症
F70|Mild intellectual disability|輕度智能障礙
F80.9|Speech and language developmental disorder|語言發展障礙
F84.0|Autistic disorder|自閉症
F90.9|Attention-deficit hyperactivity disorder|注意力不足過動症|adhd
F95.2|Tourette disorder|妥瑞氏症
G00.9|Bacterial meningitis|細菌性腦膜炎
G04.90|Encephalitis|腦炎
G06.0|Brain abscess|腦膿瘍
G10|Huntington disease|亨丁頓氏舞蹈症
G12.21|Amyotrophic lateral sclerosis|肌萎縮性脊髓側索硬化症(漸凍症)|als
G20|Parkinson disease|巴金森氏病|pd parkinsonism
G24.3|Spasmodic torticollis|痙攣性斜頸
G25.0|Essential tremor|原發性顫抖
G25.81|Restless legs syndrome|腿部不寧症候群
G30.9|Alzheimer disease|阿茲海默症
G35|Multiple sclerosis|多發性硬化症|ms
G36.0|Neuromyelitis optica|泛視神經脊髓炎
G40.909|Epilepsy, not intractable|癲癇
G40.901|Status epilepticus in epilepsy|癲癇重積狀態
G43.009|Migraine without aura|無預兆偏頭痛
G43.109|Migraine with aura|有預兆偏頭痛
G43.909|Migraine|偏頭痛
G44.209|Tension-type headache|緊縮型頭痛
G45.9|Transient ischaemic attack|暫時性腦缺血發作(小中風)|tia
G47.00|Insomnia|失眠
G47.33|Obstructive sleep apnoea|阻塞型睡眠呼吸中止症|osa
G47.419|Narcolepsy without cataplexy|猝睡症
G50.0|Trigeminal neuralgia|三叉神經痛
G51.0|Bell's palsy|貝爾氏麻痺(顏面神經麻痺)
G54.0|Brachial plexus disorder|臂神經叢疾患
G56.00|Carpal tunnel syndrome|腕隧道症候群
G56.20|Ulnar nerve lesion|尺神經病變
G57.10|Meralgia paraesthetica|感覺異常性股痛
G61.0|Guillain-Barre syndrome|格林-巴利症候群
G62.9|Polyneuropathy|多發性神經病變
G70.00|Myasthenia gravis without exacerbation|重症肌無力症
G71.00|Muscular dystrophy|肌肉失養症
G80.9|Cerebral palsy|腦性麻痺
G81.90|Hemiplegia, side unspecified|偏癱
G82.20|Paraplegia|下半身癱瘓
G89.29|Chronic pain|慢性疼痛
G91.2|Normal pressure hydrocephalus|常壓性水腦症
G93.1|Brain damage from lack of oxygen|缺氧性腦損傷
G93.40|Encephalopathy|腦病變
H00.019|Hordeolum externum|外麥粒腫(針眼)|stye
H01.009|Blepharitis|眼瞼炎|inflammation of eyelid
H02.409|Ptosis of eyelid|眼瞼下垂|drooping eyelid
H04.129|Dry eye syndrome|乾眼症
H10.9|Conjunctivitis|結膜炎
H11.009|Pterygium|翼狀贅片
H16.9|Keratitis|角膜炎
H18.609|Keratoconus|圓錐角膜
H20.9|Iridocyclitis|虹膜睫狀體炎
H25.9|Age-related cataract|老年性白內障
H26.9|Cataract|白內障
H33.20|Serous retinal detachment|漿液性視網膜剝離
H34.8192|Central retinal vein occlusion, stable|視網膜中央靜脈阻塞,穩定
H35.30|Macular degeneration|黃斑部退化
H35.81|Retinal oedema|視網膜水腫
H40.10X0|Open-angle glaucoma|隅角開放性青光眼
H40.20X0|Angle-closure glaucoma|隅角閉鎖性青光眼
H40.9|Glaucoma|青光眼
H43.10|Vitreous haemorrhage|玻璃體出血
H43.399|Vitreous floaters|飛蚊症(玻璃體混濁)
H46.9|Optic neuritis|視神經炎
H50.9|Strabismus|斜視|squint
H52.10|Myopia|近視|short-sightedness
H52.4|Presbyopia|老花眼
H53.009|Amblyopia|弱視
H54.7|Visual loss|視力喪失
H60.90|Otitis externa|外耳炎
H61.20|Impacted earwax|耳垢栓塞
H65.90|Non-suppurative otitis media|非化膿性中耳炎
H66.90|Otitis media|中耳炎|aom
H69.90|Eustachian tube disorder|耳咽管疾患
H71.90|Cholesteatoma of middle ear|中耳膽脂瘤
H72.90|Tympanic membrane perforation|鼓膜穿孔|perforated eardrum
H80.90|Otosclerosis|耳硬化症
H81.09|Meniere disease|梅尼爾氏病
H81.10|Benign positional vertigo|良性陣發性姿勢性眩暈
H81.399|Peripheral vertigo|周邊性眩暈
H90.3|Sensorineural hearing loss, both sides|雙側感音性聽力損失
H91.20|Sudden hearing loss|突發性聽力喪失
H91.90|Hearing loss|聽力喪失
H93.19|Tinnitus|耳鳴
I01.0|Acute rheumatic pericarditis|急性風濕性心包膜炎
I01.1|Acute rheumatic endocarditis|急性風濕性心內膜炎
I05.0|Rheumatic mitral stenosis|風濕性二尖瓣狹窄
I07.1|Rheumatic tricuspid insufficiency|風濕性三尖瓣閉鎖不全
I09.9|Rheumatic heart disease|風濕性心臟病
I10|Essential hypertension|本態性高血壓|htn high blood pressure bp 血壓高
I11.0|Hypertensive heart disease with heart failure|高血壓性心臟病併心臟衰竭
I11.9|Hypertensive heart disease without heart failure|高血壓性心臟病,無心臟衰竭
I12.9|Hypertensive kidney disease, stage 1 to 4|高血壓性慢性腎臟病
I13.10|Hypertensive heart and kidney disease without heart failure|高血壓性心臟及腎臟病,無心臟衰竭
I15.0|Renovascular hypertension|腎血管性高血壓
I16.0|Hypertensive urgency|高血壓急症(無器官損傷)
I16.1|Hypertensive emergency|高血壓危急症
I20.0|Unstable angina|不穩定型心絞痛
I20.9|Angina pectoris|心絞痛
I21.09|STEMI of anterior wall|前壁ST段上升心肌梗塞|mi
I21.19|STEMI of inferior wall|下壁ST段上升心肌梗塞|mi
I21.3|STEMI, site unspecified|ST段上升心肌梗塞
I21.4|Non-ST elevation myocardial infarction|非ST段上升心肌梗塞|nstemi
I21.9|Acute myocardial infarction|急性心肌梗塞|mi ami heart attack 心肌梗死
I24.9|Acute ischaemic heart disease|急性缺血性心臟病
I25.10|Coronary artery disease without angina|冠狀動脈疾病,無心絞痛|cad ihd
I25.119|Coronary artery disease with angina|冠狀動脈疾病併心絞痛
I25.2|Old myocardial infarction|陳舊性心肌梗塞
I25.5|Ischaemic cardiomyopathy|缺血性心肌病變
I26.99|Pulmonary embolism without acute cor pulmonale|肺栓塞|pe
I27.0|Primary pulmonary hypertension|原發性肺高壓
I27.20|Pulmonary hypertension|肺高壓|ph
I30.9|Acute pericarditis|急性心包膜炎
I31.3|Pericardial effusion|心包膜積液
I33.0|Infective endocarditis|感染性心內膜炎
I34.0|Mitral insufficiency, non-rheumatic|非風濕性二尖瓣閉鎖不全
I34.1|Mitral valve prolapse|二尖瓣脫垂
I35.0|Aortic stenosis, non-rheumatic|非風濕性主動脈瓣狹窄
I35.1|Aortic insufficiency, non-rheumatic|非風濕性主動脈瓣閉鎖不全
I40.9|Acute myocarditis|急性心肌炎
I42.0|Dilated cardiomyopathy|擴張型心肌病變
I42.1|Obstructive hypertrophic cardiomyopathy|阻塞性肥厚型心肌病變
I44.2|Complete atrioventricular block|完全房室傳導阻滯
I45.10|Right bundle branch block|右束支傳導阻滯
I46.9|Cardiac arrest|心跳停止|ohca
I47.1|Supraventricular tachycardia|上心室頻脈
I47.2|Ventricular tachycardia|心室頻脈
I48.0|Paroxysmal atrial fibrillation|陣發性心房顫動|paf af
I48.20|Chronic atrial fibrillation|慢性心房顫動
I48.91|Atrial fibrillation|心房顫動|af
I48.92|Atrial flutter|心房撲動
I49.3|Ventricular premature beats|心室早期收縮
I49.5|Sick sinus syndrome|病竇症候群
I49.9|Cardiac arrhythmia|心律不整
I50.20|Systolic heart failure|收縮性心臟衰竭|hfref
I50.23|Acute on chronic systolic heart failure|慢性收縮性心臟衰竭急性發作
I50.30|Diastolic heart failure|舒張性心臟衰竭|hfpef
I50.9|Heart failure|心臟衰竭|chf hf
I60.9|Subarachnoid haemorrhage|蜘蛛網膜下腔出血|sah stroke
I61.9|Intracerebral haemorrhage|腦內出血|ich stroke 中風 出血性中風
I62.00|Subdural haemorrhage, non-traumatic|非外傷性硬腦膜下出血
I63.9|Cerebral infarction|腦梗塞|cva stroke 中風
I63.50|Cerebral infarction from occlusion of a cerebral artery|腦動脈阻塞性腦梗塞
I65.29|Carotid artery stenosis|頸動脈狹窄|narrowed carotid artery
I67.1|Cerebral aneurysm, not ruptured|腦動脈瘤,未破裂
I69.30|After-effects of cerebral infarction|腦梗塞後遺症
I69.351|Weak right dominant side after cerebral infarction|腦梗塞後右側慣用側偏癱
I70.0|Atherosclerosis of aorta|主動脈粥樣硬化|hardened aorta
I70.209|Atherosclerosis of leg arteries|下肢動脈粥樣硬化|hardened arteries of the legs
I71.00|Aortic dissection|主動脈剝離
I71.4|Abdominal aortic aneurysm, not ruptured|腹主動脈瘤,未破裂
I73.00|Raynaud syndrome|雷諾氏症候群
I73.9|Peripheral vascular disease|周邊血管疾病|pad pvd
I74.9|Arterial embolism and thrombosis|動脈栓塞及血栓
I80.9|Phlebitis|靜脈炎
I82.409|Deep vein thrombosis of leg, acute|下肢深層靜脈血栓|dvt
I83.90|Varicose veins of legs|下肢靜脈曲張
I85.00|Oesophageal varices without bleeding|食道靜脈曲張,無出血
I85.01|Oesophageal varices with bleeding|食道靜脈曲張併出血
I87.2|Chronic venous insufficiency|慢性靜脈功能不全
I89.0|Lymphoedema|淋巴水腫
I95.1|Orthostatic hypotension|姿勢性低血壓
I95.9|Hypotension|低血壓|low blood pressure
J00|Acute nasopharyngitis|急性鼻咽炎(感冒)|common cold
J01.90|Acute sinusitis|急性鼻竇炎
J02.0|Streptococcal sore throat|鏈球菌性咽炎
J02.9|Acute pharyngitis|急性咽炎
J03.90|Acute tonsillitis|急性扁桃腺炎
J04.0|Acute laryngitis|急性喉炎
J05.0|Croup|哮吼
J06.9|Upper respiratory infection|急性上呼吸道感染|uri cold 感冒
J09.X2|Novel influenza A with respiratory signs|新型A型流感併呼吸道表徵
J10.1|Influenza with respiratory signs, virus identified|流行性感冒併呼吸道表徵,已確認病毒
J11.1|Influenza with respiratory signs|流行性感冒併呼吸道表徵
J12.82|Pneumonia due to COVID-19|新型冠狀病毒肺炎
J12.9|Viral pneumonia|病毒性肺炎
J13|Pneumococcal pneumonia|肺炎鏈球菌肺炎
J15.1|Pneumonia due to Pseudomonas|綠膿桿菌肺炎
J15.7|Pneumonia due to Mycoplasma|黴漿菌肺炎
J15.9|Bacterial pneumonia|細菌性肺炎
J18.1|Lobar pneumonia|大葉性肺炎
J18.9|Pneumonia|肺炎|pna
J20.9|Acute bronchitis|急性支氣管炎
J21.9|Acute bronchiolitis|急性細支氣管炎
J30.9|Allergic rhinitis|過敏性鼻炎
J31.0|Chronic rhinitis|慢性鼻炎
J32.9|Chronic sinusitis|慢性鼻竇炎
J33.9|Nasal polyp|鼻息肉
J34.2|Deviated nasal septum|鼻中膈彎曲
J35.01|Chronic tonsillitis|慢性扁桃腺炎
J36|Peritonsillar abscess|扁桃腺周圍膿瘍
J38.00|Vocal cord paralysis|聲帶麻痺
J40|Bronchitis|支氣管炎
J42|Chronic bronchitis|慢性支氣管炎
J43.9|Emphysema|肺氣腫
J44.0|COPD with acute lower respiratory infection|慢性阻塞性肺病併下呼吸道感染|copd
J44.1|COPD with acute exacerbation|慢性阻塞性肺病急性惡化|copd
J44.9|Chronic obstructive pulmonary disease|慢性阻塞性肺病|copd
J45.20|Mild intermittent asthma|輕度間歇性氣喘
J45.40|Moderate persistent asthma|中度持續性氣喘
J45.901|Asthma with acute exacerbation|氣喘急性發作
J45.909|Asthma|氣喘
J47.9|Bronchiectasis|支氣管擴張症
J60|Coalworker's pneumoconiosis|煤礦工人塵肺症
J62.8|Silicosis|矽肺症
J69.0|Aspiration pneumonia|吸入性肺炎
J80|Acute respiratory distress syndrome|急性呼吸窘迫症候群
J81.0|Acute pulmonary oedema|急性肺水腫
J84.10|Pulmonary fibrosis|肺纖維化
J84.112|Idiopathic pulmonary fibrosis|特發性肺纖維化
J85.2|Lung abscess|肺膿瘍
J86.9|Empyema|膿胸
J90|Pleural effusion|肋膜積液
J93.9|Pneumothorax|氣胸
J95.851|Ventilator-associated pneumonia|呼吸器相關肺炎
J96.00|Acute respiratory failure|急性呼吸衰竭
J96.10|Chronic respiratory failure|慢性呼吸衰竭
K02.9|Dental caries|齲齒
K04.7|Periapical abscess|根尖膿腫
K05.10|Chronic gingivitis|慢性牙齦炎
K05.30|Chronic periodontitis|慢性牙周炎
K08.109|Loss of teeth|牙齒缺失
K11.20|Sialoadenitis|唾液腺炎|inflammation of salivary gland
K12.0|Recurrent oral aphthae|復發性口瘡|mouth ulcers
K13.21|Leukoplakia of mouth|口腔白斑
K20.90|Oesophagitis|食道炎
K21.00|Reflux disease with oesophagitis|胃食道逆流併食道炎|gerd
K21.9|Reflux disease without oesophagitis|胃食道逆流,無食道炎|gerd
K22.0|Achalasia|食道弛緩不能
K22.70|Barrett's oesophagus|巴瑞特氏食道
K25.4|Gastric ulcer with bleeding|胃潰瘍併出血
K25.9|Gastric ulcer|胃潰瘍
K26.4|Duodenal ulcer with bleeding|十二指腸潰瘍併出血
K26.9|Duodenal ulcer|十二指腸潰瘍
K27.9|Peptic ulcer|消化性潰瘍
K29.00|Acute gastritis without bleeding|急性胃炎
K29.50|Chronic gastritis|慢性胃炎
K30|Functional dyspepsia|功能性消化不良
K31.84|Gastroparesis|胃輕癱
K35.80|Acute appendicitis|急性闌尾炎
K35.20|Acute appendicitis with generalised peritonitis|急性闌尾炎併瀰漫性腹膜炎
K40.90|Inguinal hernia|腹股溝疝氣
K42.9|Umbilical hernia|臍疝氣
K43.9|Ventral hernia|腹壁疝氣
K44.9|Hiatal hernia|橫膈疝氣
K50.90|Crohn's disease|克隆氏症|ibd
K51.90|Ulcerative colitis|潰瘍性結腸炎|ibd uc
K52.9|Non-infective gastroenteritis|非感染性腸胃炎
K55.9|Vascular disorder of intestine|腸血管疾患
K56.609|Intestinal obstruction|腸阻塞
K57.30|Diverticulosis of large intestine|大腸憩室症
K57.32|Diverticulitis of large intestine|大腸憩室炎
K58.9|Irritable bowel syndrome|大腸激躁症|ibs
K59.00|Constipation|便秘
K60.2|Anal fissure|肛裂
K60.3|Anal fistula|肛門廔管
K61.0|Anal abscess|肛門膿瘍
K62.5|Bleeding of anus and rectum|肛門及直腸出血
K63.5|Colon polyp|大腸息肉
K64.9|Haemorrhoids|痔瘡
K65.0|Acute peritonitis|急性腹膜炎
K70.0|Alcoholic fatty liver|酒精性脂肪肝
K70.30|Alcoholic cirrhosis without ascites|酒精性肝硬化
K72.90|Liver failure without coma|肝衰竭
K73.9|Chronic hepatitis|慢性肝炎
K74.60|Cirrhosis of liver|肝硬化
K75.0|Liver abscess|肝膿瘍
K75.4|Autoimmune hepatitis|自體免疫性肝炎
K76.0|Fatty liver|脂肪肝
K76.6|Portal hypertension|門脈高壓
K80.00|Gallstones with acute cholecystitis|膽結石併急性膽囊炎
K80.20|Gallstones without cholecystitis|膽結石,無膽囊炎|gb stone cholelithiasis
K81.0|Acute cholecystitis|急性膽囊炎
K83.09|Cholangitis|膽管炎
K85.90|Acute pancreatitis|急性胰臟炎
K86.1|Chronic pancreatitis|慢性胰臟炎
K90.0|Coeliac disease|乳糜瀉
K92.0|Haematemesis|吐血|vomiting of blood
K92.1|Melaena|黑便|black stool from bleeding
K92.2|Gastrointestinal bleeding|胃腸道出血
`
