/**
 * Departments by the codes of Taiwan's national insurance (診療科別, edition 2024-05-27), and with letters the
 * subspecialties under which visits are claimed (就醫科別); English names are ours.
 * One line: code, English, 繁體中文, further words to find it by.
 */
export const DEPARTMENTS = `
00|No division|不分科
01|Family medicine|家醫科
02|Internal medicine|內科
03|Surgery|外科
04|Paediatrics|兒科
05|Obstetrics and gynaecology|婦產科
06|Orthopaedics|骨科
07|Neurosurgery|神經外科
08|Urology|泌尿科
09|Ear, nose and throat|耳鼻喉科
10|Ophthalmology|眼科
11|Dermatology|皮膚科
12|Neurology|神經科
13|Psychiatry|精神科
14|Rehabilitation|復健科
15|Plastic surgery|整形外科
16|Occupational medicine|職業醫學科
22|Emergency medicine|急診醫學科
2A|Tuberculosis clinic|結核科
2B|Dialysis|洗腎科
40|Dentistry|牙科
41|Restorative dentistry|牙體復形科
42|Endodontics|牙髓病科
43|Periodontics|牙周病科
44|Prosthodontics|贋復補綴牙科
45|Orthodontics|齒顎矯正科
46|Paediatric dentistry|兒童牙科
47|Oral and maxillofacial surgery|口腔顎面外科
48|Oral diagnosis|口腔診斷科
49|Oral pathology|口腔病理科
50|Family dentistry|家庭牙醫科
51|Special needs dentistry|特殊需求者口腔醫學科
60|Traditional Chinese medicine|中醫一般科
81|Anaesthesiology|麻醉科
82|Radiology|放射線科
83|Pathology|病理科
84|Nuclear medicine|核子醫學科
85|Radiation oncology|放射腫瘤科
86|Diagnostic radiology|放射診斷科
87|Anatomical pathology|解剖病理科
88|Clinical pathology|臨床病理科
AA|Gastroenterology|消化內科|腸胃科 肝膽腸胃科 gi digestive
AB|Cardiology|心臟血管內科|心臟科 心臟內科 cv heart
AC|Pulmonology|胸腔內科|胸腔科 chest lung
AD|Nephrology|腎臟內科|腎臟科 kidney
AE|Rheumatology and immunology|風濕免疫科|過敏免疫風濕科 allergy
AF|Haematology and oncology|血液腫瘤科|腫瘤科 血液科 cancer blood
AG|Endocrinology and metabolism|內分泌科|新陳代謝科 diabetes thyroid
AH|Infectious diseases|感染科|infection
AI|Diving medicine|潛醫科|hyperbaric 高壓氧
AJ|Chest and critical care medicine|胸腔暨重症加護|intensive care icu 重症
BA|Colorectal surgery|直腸外科|大腸直腸外科 proctology
BB|Cardiovascular surgery|心臟血管外科|cvs heart surgery
BC|Thoracic surgery|胸腔外科|chest surgery
BD|Digestive surgery|消化外科|一般外科 gastrointestinal surgery
CA|Paediatric surgery|小兒外科|children surgery
CB|Neonatology|新生兒科|newborn
DA|Pain clinic|疼痛科|pain medicine
EA|Home care|居家照護|home nursing 居家護理
`
