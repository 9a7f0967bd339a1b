/**
 * Departments by the codes of Taiwan's national insurance (診療科別, edition 2024-05-27); English names are ours.
 * One line: code, English, 繁體中文.
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
`
