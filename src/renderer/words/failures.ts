/** What went wrong, what it means for the data, and what to do. Keys are codes of failures; no message text is parsed. */
export const en = {
  byCode: {
    unexpected: {
      what: 'Something unexpected happened.',
      means: 'Visits that were already saved are safe.',
      todo: 'Try again. If it happens twice, tell your administrator.',
    },
    'disk-full': {
      what: 'The disk is full.',
      means: 'Nothing was saved by this step; what was saved before is safe.',
      todo: 'Free some space, then try again.',
    },
    closed: {
      what: 'The institution’s folder was closed meanwhile.',
      means: 'Nothing was saved by this step.',
      todo: 'Open the folder again.',
    },
    locked: {
      what: 'The session is locked.',
      means: 'Nothing was saved by this step; the draft is kept.',
      todo: 'Unlock with your passphrase and try again.',
    },
    corrupt: {
      what: 'A stored entry is damaged.',
      means: 'The rest of the chain is not touched, and nothing damaged was taken over.',
      todo: 'Run “Verify the whole chain” to see the place, and tell your administrator.',
    },
    'invalid-input': {
      what: 'The node did not accept what this window sent.',
      means: 'Nothing was saved by this step.',
      todo: 'Check the fields once more and try again.',
    },
    'no-profile': {
      what: 'No institution’s folder is open.',
      means: 'Nothing was saved by this step.',
      todo: 'Open the folder again.',
    },
    busy: {
      what: 'This import is being worked on already.',
      means: 'Nothing was changed by this step.',
      todo: 'Wait until it ends, then try again.',
    },
    'batch-over': {
      what: 'This import came to its end.',
      means: 'Nothing was changed by this step.',
      todo: 'Import the files again if they have changed.',
    },
    'unknown-batch': {
      what: 'This import is not in the list any more.',
      means: 'Nothing was changed by this step.',
      todo: 'Open the list of earlier imports again.',
    },
    'not-synthetic': {
      what: 'Made-up patients cannot be taken in among real ones.',
      means: 'Nothing was changed.',
      todo: 'Use the demonstration consortium instead.',
    },
    'read-only': {
      what: 'This folder is open for reading only.',
      means: 'Nothing was saved by this step; the draft is kept.',
      todo: 'Wait until the node has its vote back, or open the folder on the machine that votes.',
    },
    halted: {
      what: 'The node has stopped and takes nothing new.',
      means: 'Nothing was saved by this step; what was saved before is safe.',
      todo: 'The status at the top right says why, and what to do.',
    },
    'not-writable': {
      what: 'The folder cannot be written to.',
      means: 'Nothing was saved by this step; what was saved before is safe.',
      todo: 'Change its permissions, or choose another folder.',
    },
    'passphrase-needed': {
      what: 'This needs your passphrase once more.',
      means: 'Nothing was changed by this step.',
      todo: 'Try again and type your own passphrase when you are asked.',
    },
    'too-many-patients': {
      what: 'You have opened more patients than a day’s work asks for.',
      means:
        'Further ones stay closed. Administrators and auditors have been told; what you type is still saved.',
      todo: 'If you need more, open them with your passphrase: 25 for each time, and they are told of each.',
    },
    'audit-unavailable': {
      what: 'The record of accesses cannot be written.',
      means: 'Nothing is shown or handed out of which there would be no trace.',
      todo: 'Free some space on the disk, then try again; tell your administrator.',
    },
    'not-permitted': {
      what: 'Your role does not allow this.',
      means: 'Nothing was changed.',
      todo: 'Ask your administrator.',
    },
    'node-away': {
      what: 'The node is not reachable.',
      means: 'What you have typed is kept on this computer; nothing was sent.',
      todo: 'It goes on by itself when the node is back. Then do this step again.',
    },
    'answer-malformed': {
      what: 'The node answered something that this computer does not understand.',
      means: 'Nothing of the answer is shown. What you have typed is kept.',
      todo: 'Have the same version of the application installed here and at the node. If it is the same, tell your administrator.',
    },
    'too-many-calls': {
      what: 'This computer has asked the node too much at once.',
      means: 'This step was not done; drafts are kept on this computer.',
      todo: 'Wait a few seconds and do it again. If nobody did anything unusual here, tell your administrator.',
    },
    'too-many-drafts': {
      what: 'You have as many drafts as can be kept.',
      means: 'This one is only in this window so far; the others are safe.',
      todo: 'Finish or discard some of them, then go on.',
    },
    'draft-too-large': {
      what: 'This form holds more than a draft can keep.',
      means: 'It is only in this window so far; the last draft of it is safe.',
      todo: 'Shorten what was pasted, or save the visit.',
    },
    'only-at-node': {
      what: 'This is done at the node’s own machine, not at a work place.',
      means:
        'Nothing was changed and no file was read. The node reads and writes imports, exports, backups and membership files on its own disk, and no work place may name a file there.',
      todo: 'Go to the node’s machine, or put the files into a folder that the node watches; ask whoever looks after it.',
    },
    'patient-gone': {
      what: 'This patient was erased.',
      means: 'What was typed for them is not kept: nobody who was erased comes back through a draft.',
      todo: 'Leave this visit. A person who comes again is registered anew.',
    },
    'no-records': {
      what: 'This institution holds no records that could be asked.',
      means: 'Nothing was changed.',
      todo: 'Ask at a hospital.',
    },
    'package-damaged': {
      what: 'The study package could not be made: a part of the chain at this computer does not check.',
      means: 'No file was written; the answer is as it was.',
      todo: 'This node repairs what it can from other members. Verify the chain in its room, then try again.',
    },
    'package-not-final': {
      what: 'The study package could not be made: not everything that it tells of is decided here yet.',
      means: 'No file was written; the answer is as it was.',
      todo: 'Wait until this node has caught up with the chain, then try again.',
    },
    'package-gone': {
      what: 'The study package is kept no longer.',
      means: 'No file was written; the answer is as it was.',
      todo: 'Make it again.',
    },
    'not-member-yet': {
      what: 'This node does not know yet that its institution is a member.',
      means: 'Nothing was asked and nothing charged.',
      todo: 'Wait until it has caught up with the chain, which needs another member within reach; then ask again.',
    },
    'not-that-far': {
      what: 'The state that is asked for is not here yet.',
      means: 'Nothing was changed.',
      todo: 'Wait until this node has caught up with the chain, then ask again.',
    },
    'other-chain': {
      what: 'This study was asked of another consortium’s chain.',
      means: 'Nothing was changed.',
      todo: 'Ask the newest records instead.',
    },
    'other-records': {
      what: 'This study asks for records of other hospitals.',
      means: 'Nothing was changed.',
      todo: 'This hospital answers with its own records only: ask the newest ones instead.',
    },
    'other-engine': {
      what: 'This study was run with another version of the engine, whose numbers cannot be given again here.',
      means: 'Nothing was changed.',
      todo: 'Ask the newest records instead: they are answered with the engine of today.',
    },
    'not-available': {
      what: 'This is not possible at the moment.',
      means: 'Nothing was changed.',
      todo: 'Try again in a moment.',
    },
  },
}

export const zhHant: typeof en = {
  byCode: {
    unexpected: {
      what: '發生未預期的問題。',
      means: '已儲存的就診都安全。',
      todo: '請再試一次；若再發生，請通知系統管理員。',
    },
    'disk-full': {
      what: '磁碟已滿。',
      means: '這個步驟沒有儲存任何資料；先前儲存的都安全。',
      todo: '請騰出空間後再試一次。',
    },
    closed: {
      what: '機構資料夾已被關閉。',
      means: '這個步驟沒有儲存任何資料。',
      todo: '請重新開啟資料夾。',
    },
    locked: {
      what: '工作階段已鎖定。',
      means: '這個步驟沒有儲存任何資料；草稿仍保留。',
      todo: '請以通行密語解鎖後再試一次。',
    },
    corrupt: {
      what: '有一筆儲存的資料毀損。',
      means: '鏈上其他資料不受影響，毀損的內容沒有被採用。',
      todo: '請執行「驗證整條鏈」查看位置，並通知系統管理員。',
    },
    'invalid-input': {
      what: '節點未接受本視窗送出的內容。',
      means: '這個步驟沒有儲存任何資料。',
      todo: '請再次檢查欄位後重試。',
    },
    'no-profile': {
      what: '沒有開啟任何機構資料夾。',
      means: '這個步驟沒有儲存任何資料。',
      todo: '請重新開啟資料夾。',
    },
    busy: {
      what: '此匯入正在處理中。',
      means: '此步驟未變更任何資料。',
      todo: '請等待其結束後再試。',
    },
    'batch-over': {
      what: '此匯入已完成。',
      means: '此步驟未變更任何資料。',
      todo: '若檔案有變更，請重新匯入。',
    },
    'unknown-batch': {
      what: '清單中已沒有此匯入。',
      means: '此步驟未變更任何資料。',
      todo: '請重新開啟匯入清單。',
    },
    'not-synthetic': {
      what: '模擬病人不能混入真實資料。',
      means: '沒有任何變更。',
      todo: '請改用示範聯盟。',
    },
    'read-only': {
      what: '這個資料夾目前僅供讀取。',
      means: '這個步驟沒有儲存任何資料；草稿仍保留。',
      todo: '請等節點恢復表決權，或在有表決權的電腦上開啟。',
    },
    halted: {
      what: '節點已停止，不再接收新資料。',
      means: '這個步驟沒有儲存任何資料；先前儲存的都安全。',
      todo: '右上角的狀態會說明原因與處理方式。',
    },
    'not-writable': {
      what: '資料夾無法寫入。',
      means: '這個步驟沒有儲存任何資料；先前儲存的都安全。',
      todo: '請調整權限，或改選其他資料夾。',
    },
    'passphrase-needed': {
      what: '這項作業需要再次輸入您的通行密語。',
      means: '這個步驟沒有變更任何資料。',
      todo: '請再試一次，並在詢問時輸入您自己的通行密語。',
    },
    'too-many-patients': {
      what: '您開啟的病人數超過一日工作所需。',
      means: '其他病人暫不開啟，並已通知管理員與稽核員；您輸入的內容照常儲存。',
      todo: '若確有需要，請以通行密語開啟：每次可再開啟 25 位，每次都會通知他們。',
    },
    'audit-unavailable': {
      what: '無法寫入存取紀錄。',
      means: '沒有留下紀錄的內容不會顯示，也不會交出。',
      todo: '請先騰出磁碟空間再試一次，並告知管理員。',
    },
    'not-permitted': {
      what: '您的角色沒有這項權限。',
      means: '沒有任何變更。',
      todo: '請洽系統管理員。',
    },
    'node-away': {
      what: '無法連到節點。',
      means: '您輸入的內容保存在這台電腦，尚未送出。',
      todo: '節點恢復後會自動繼續，屆時請再執行一次這個步驟。',
    },
    'answer-malformed': {
      what: '節點的回應無法辨識。',
      means: '回應內容一概不顯示。已輸入的內容都保留。',
      todo: '請在本機與節點安裝同一版本的應用程式；若版本相同，請通知系統管理員。',
    },
    'too-many-calls': {
      what: '這台電腦短時間內向節點提出過多要求。',
      means: '這個步驟沒有執行；草稿保留在這台電腦上。',
      todo: '請稍候幾秒再試；若沒有人做特別的操作，請通知系統管理員。',
    },
    'too-many-drafts': {
      what: '您的草稿數量已達上限。',
      means: '這份草稿目前只在此視窗中；其他草稿都安全。',
      todo: '請完成或捨棄部分草稿後再繼續。',
    },
    'draft-too-large': {
      what: '這份表單的內容超過草稿可保存的大小。',
      means: '目前內容只在此視窗中；上一份草稿仍安全。',
      todo: '請縮短貼上的內容，或直接儲存就診。',
    },
    'only-at-node': {
      what: '這項作業只能在節點所在的電腦執行，不能在工作站執行。',
      means:
        '沒有任何變更，也沒有讀取任何檔案。匯入、匯出、備份與成員文件都由節點在自己的磁碟上讀寫，工作站不得指定該處的檔案。',
      todo: '請到節點所在的電腦操作，或把檔案放進節點監看的資料夾；請洽負責人員。',
    },
    'patient-gone': {
      what: '這位病人的資料已刪除。',
      means: '為其輸入的內容不會保留：資料已刪除的人不會因草稿而復原。',
      todo: '請離開這次就診。若病人再次就醫，請重新登記。',
    },
    'no-records': {
      what: '本機構沒有可供查詢的紀錄。',
      means: '沒有任何變更。',
      todo: '請在醫院端查詢。',
    },
    'package-damaged': {
      what: '無法製作研究成果包：這台電腦上的鏈有一部分未通過驗證。',
      means: '沒有寫入任何檔案，結果不受影響。',
      todo: '節點會盡可能由其他成員修復。請先在「鏈」中驗證，再試一次。',
    },
    'package-not-final': {
      what: '無法製作研究成果包：其中部分內容在本節點尚未定案。',
      means: '沒有寫入任何檔案，結果不受影響。',
      todo: '請等節點跟上鏈之後再試。',
    },
    'package-gone': {
      what: '研究成果包已不再保留。',
      means: '沒有寫入任何檔案，結果不受影響。',
      todo: '請重新製作。',
    },
    'not-member-yet': {
      what: '本節點尚未得知所屬機構已成為成員。',
      means: '未提出任何申請，也未扣除額度。',
      todo: '請等節點跟上鏈（需能連到其他成員），再重新提出。',
    },
    'not-that-far': {
      what: '所查詢的狀態尚未到達本節點。',
      means: '沒有任何變更。',
      todo: '請等節點跟上鏈之後再查詢。',
    },
    'other-chain': {
      what: '這項研究查詢的是其他聯盟的鏈。',
      means: '沒有任何變更。',
      todo: '請改查最新紀錄。',
    },
    'other-records': {
      what: '這項研究查詢其他醫院的紀錄。',
      means: '沒有任何變更。',
      todo: '本院僅以自己的紀錄回答：請改查最新紀錄。',
    },
    'other-engine': {
      what: '這項研究由其他版本的引擎執行，此處無法重現其數字。',
      means: '沒有任何變更。',
      todo: '請改查最新紀錄：將以目前的引擎回答。',
    },
    'not-available': {
      what: '目前無法執行。',
      means: '沒有任何變更。',
      todo: '請稍後再試。',
    },
  },
}
