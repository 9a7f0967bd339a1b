/** Words of work places: pairing them, connecting this computer, and a node that is away. */
export const en = {
  title: 'Work places',
  body: 'Further computers of this institution that work with this node. Their people have the same accounts and rights; every key stays here.',
  none: 'No computer is paired yet.',
  listenOff: 'This node lets no work place in. Making a code switches it on.',
  listenAt: (addresses: string) => `Work places reach this node at ${addresses}.`,
  listenFailed: (listen: string) =>
    `${listen} cannot be listened to: another program has this address, or it is none of this machine’s. Work places cannot connect. It is tried again every few seconds; choose another address if it stays so.`,
  listChanged:
    'The list of work places was changed by somebody without this node’s key, or it is damaged. Nobody is let in. Pair the computers anew.',
  changeListen: 'Address…',
  listen: 'Address and port that this node listens to',
  listenHint:
    'Like 0.0.0.0:4721. The next port is used too while a code is open. Empty: nobody is let in. Computers that are connected follow to another port by themselves; those that are not go on looking at the old one until they are paired anew.',
  saveListen: 'Save',
  columns: { name: 'Computer', seen: 'Last here', who: 'Unlocked by' },
  connected: 'connected',
  never: 'never yet',
  nobody: 'nobody',
  pairedBy: (name: string, when: string) => `paired by ${name}, ${when}`,
  pairedAt: (when: string) => `paired ${when}`,
  pair: 'Pair a computer…',
  pairTitle: 'Pair a computer',
  pairName: 'Name of the computer',
  pairNameHint: 'As your people call it: Ward 3, desk 2.',
  pairNow: 'Make the code',
  codeTitle: (name: string) => `Type this at “${name}” now`,
  codeSteps:
    'On the other computer choose “Connect this computer to our hospital’s node” and type address and code. The code holds for ten minutes and once.',
  address: 'Address',
  code: 'Code',
  codeUntil: (when: string) => `Good until ${when}.`,
  codeUsed: (name: string) => `“${name}” is paired.`,
  waits: (name: string, when: string) => `A code for “${name}” is open until ${when}.`,
  close: 'Withdraw the code',
  remove: 'Remove…',
  removeTitle: (name: string) => `Remove “${name}”?`,
  removeBody:
    'It is cut off at once and not let in again. What somebody has typed there and not saved stays sealed on that computer.',
  removeNow: 'Remove',
  refusals: {
    'name-taken': 'A computer of this name is paired already. Nothing was changed. Choose another name.',
    'too-many': 'No more computers can be paired. Nothing was changed. Remove those that are gone.',
    'bad-address': 'This is no address of this machine. Nothing was changed. Type it like 0.0.0.0:4721.',
    'address-in-use': 'Another program listens at this address. Nothing was changed. Choose another port.',
  },
  way: {
    title: 'Connect this computer to our hospital’s node',
    body: 'A further work place. Needs the address of the node and a code from an administrator.',
  },
  connectBody:
    'An administrator makes the code at the node: Settings, Work places. This computer gets no key of the institution; people unlock with their own accounts.',
  addressField: 'Address of the node',
  addressHint: 'Like 10.1.2.3:4722, as it stands beside the code.',
  addressWrong: 'An address is a host and a port, like 10.1.2.3:4722.',
  codeField: 'Code',
  codeHint: 'Four times four signs. Capital letters do not matter.',
  codeMissing: 'Type the code that the administrator reads out.',
  connectNow: 'Connect',
  connecting: 'Connecting to the node…',
  away: (since: string) =>
    `Node not reachable since ${since}: what you type is kept on this computer and sent on when it is back.`,
  awayLocked: (since: string) =>
    `The node has not been reachable since ${since}. Unlocking needs it; this screen goes on trying.`,

  otherVersion: ({ here, node }: { here: string; node: string }) =>
    `This computer runs version ${here} of Consilium and the node version ${node}. Some things may not work here until both run the same version; nothing that is saved is lost. Tell your administrator.`,
  otherVersionThere: (there: string, node: string) => `runs version ${there}, this node ${node}`,
  dialsPort: (port: number) =>
    `still looks for this node at port ${port}: it was not connected when the port was changed. Pair it anew in the same folder, or listen to port ${port} again.`,
  dials: (address: string) =>
    `It is looked for at ${address}. If the node has another address by now, an administrator makes a new code for this computer.`,
  turnedAwayByVersion: ({ here, node }: { here: string; node: string }) =>
    `This computer runs version ${here} of Consilium and the node version ${node}: they do not understand each other. Drafts here are kept. Ask an administrator to bring both to the same version.`,
  turnedAway: 'The node does not let this computer in. Ask an administrator whether it was removed.',
  kept: (count: number) =>
    count === 1
      ? 'One draft waits on this computer. It is offered to whoever wrote it when they unlock.'
      : `${count} drafts wait on this computer. They are offered to whoever wrote them when they unlock.`,
  folderHint: 'It holds the key of this computer and, while the node is away, sealed drafts.',
  leave: 'Leave this work place',
  leaveBody:
    'Nothing stops: the node is another machine. Drafts that it has not got yet stay sealed on this computer.',
  unnamed: {
    title: 'The node is away, so patients cannot be found',
    body: 'Write the visit now under a name or number of your own. It is kept as a draft, and you choose the patient when the node is back.',
    name: 'What you will know it by',
    begin: 'Write the visit',
    bar: (name: string) => `“${name}”: no patient chosen yet`,
    waits: 'It is kept as a draft. The patient is chosen when the node is back.',
    choose: 'The node is back. Choose the patient, then save.',
  },
  pill: 'Node not reachable',
  filesAtNode:
    'This is a work place. Imports, exports, tables and templates are not done here: the node reads and writes those files on its own disk, and no other computer may name one there. Go to the node’s own machine, or put files into a folder that the node watches. What you save for yourself is saved here.',
  atPlace: (name: string) => `Work place: ${name}`,
}

export const zhHant: typeof en = {
  title: '工作站',
  body: '與本節點一起工作的本機構其他電腦。人員的帳號與權限都相同，所有金鑰都留在這裡。',
  none: '尚未配對任何電腦。',
  listenOff: '本節點目前不接受工作站連線。產生配對碼後即會開啟。',
  listenAt: (addresses) => `工作站以 ${addresses} 連線到本節點。`,
  listenFailed: (listen) =>
    `無法監聽 ${listen}：位址已被其他程式使用，或不屬於本機。工作站無法連線。系統每隔數秒會再試一次；若持續如此，請改用其他位址。`,
  listChanged: '工作站名單曾被沒有本節點金鑰的人更改，或檔案已毀損。目前不接受任何連線。請重新配對各電腦。',
  changeListen: '位址…',
  listen: '本節點監聽的位址與連接埠',
  listenHint:
    '例如 0.0.0.0:4721。配對碼有效期間也會使用下一個連接埠。留空：不接受任何連線。已連線的電腦會自動改用新的連接埠；未連線的電腦會繼續尋找舊的連接埠，直到重新配對。',
  saveListen: '儲存',
  columns: { name: '電腦', seen: '最近連線', who: '解鎖者' },
  connected: '連線中',
  never: '尚未連線',
  nobody: '無',
  pairedBy: (name, when) => `由 ${name} 於 ${when} 配對`,
  pairedAt: (when) => `於 ${when} 配對`,
  pair: '配對電腦…',
  pairTitle: '配對電腦',
  pairName: '電腦名稱',
  pairNameHint: '同仁慣用的稱呼，例如：三病房 2 號桌。',
  pairNow: '產生配對碼',
  codeTitle: (name) => `請立即在「${name}」輸入`,
  codeSteps:
    '在另一台電腦選擇「將這台電腦連線到本院節點」，輸入位址與配對碼。配對碼十分鐘內有效，只能使用一次。',
  address: '位址',
  code: '配對碼',
  codeUntil: (when) => `${when} 前有效。`,
  codeUsed: (name) => `「${name}」已完成配對。`,
  waits: (name, when) => `「${name}」的配對碼在 ${when} 前有效。`,
  close: '撤回配對碼',
  remove: '移除…',
  removeTitle: (name) => `移除「${name}」？`,
  removeBody: '會立即中斷連線，且不再接受。在該處輸入而未儲存的內容會以加密形式留在那台電腦。',
  removeNow: '移除',
  refusals: {
    'name-taken': '已有同名的電腦完成配對。資料沒有任何變更。請改用其他名稱。',
    'too-many': '無法再配對更多電腦。資料沒有任何變更。請先移除已停用的電腦。',
    'bad-address': '這不是本機的位址。資料沒有任何變更。請輸入如 0.0.0.0:4721 的位址。',
    'address-in-use': '已有其他程式監聽這個位址。資料沒有任何變更。請改用其他連接埠。',
  },
  way: {
    title: '將這台電腦連線到本院節點',
    body: '新增一台工作站。需要節點的位址與管理員提供的配對碼。',
  },
  connectBody:
    '配對碼由管理員在節點的「設定」→「工作站」產生。這台電腦不會取得任何機構金鑰，人員以各自的帳號解鎖。',
  addressField: '節點位址',
  addressHint: '例如 10.1.2.3:4722，與配對碼列在一起。',
  addressWrong: '位址須為主機與連接埠，例如 10.1.2.3:4722。',
  codeField: '配對碼',
  codeHint: '四組、每組四個字元，不分大小寫。',
  codeMissing: '請輸入管理員唸出的配對碼。',
  connectNow: '連線',
  connecting: '正在連線到節點…',
  away: (since) => `自 ${since} 起無法連到節點：您輸入的內容會保存在這台電腦，節點恢復後自動送出。`,
  awayLocked: (since) => `自 ${since} 起無法連到節點。解鎖需要節點，本畫面會持續嘗試連線。`,

  otherVersion: ({ here, node }) =>
    `這台電腦執行 Consilium ${here} 版，節點執行 ${node} 版。版本一致之前，部分功能在此可能無法使用；已儲存的資料不會遺失。請通知管理員。`,
  otherVersionThere: (there, node) => `執行 ${there} 版，本節點為 ${node} 版`,
  dialsPort: (port) =>
    `仍在連接埠 ${port} 尋找本節點：變更連接埠時它未連線。請在同一資料夾重新配對，或讓本節點再次使用連接埠 ${port}。`,
  dials: (address) => `目前在 ${address} 尋找節點。若節點的位址已變更，請管理員為這台電腦產生新的配對碼。`,
  turnedAwayByVersion: ({ here, node }) =>
    `這台電腦執行 Consilium ${here} 版，節點執行 ${node} 版，兩者無法互通。這裡的草稿會保留。請管理員將兩者更新為相同版本。`,
  turnedAway: '節點不接受這台電腦。請向管理員確認是否已被移除。',
  kept: (count) => `這台電腦上有 ${count} 份草稿等待送出。撰寫者解鎖後即會提供。`,
  folderHint: '存放這台電腦的金鑰，以及節點無法連線時的加密草稿。',
  leave: '離開這台工作站',
  leaveBody: '不會停止任何作業：節點是另一台電腦。尚未送出的草稿會以加密形式留在這台電腦。',
  unnamed: {
    title: '節點無法連線，目前不能查找病人',
    body: '請先以您自訂的名稱或號碼登錄這次就診。內容會存成草稿，節點恢復後再選擇病人。',
    name: '您用來辨認的名稱',
    begin: '登錄就診',
    bar: (name) => `「${name}」：尚未選擇病人`,
    waits: '已存成草稿，節點恢復後再選擇病人。',
    choose: '節點已恢復。請選擇病人後儲存。',
  },
  pill: '無法連到節點',
  filesAtNode:
    '這是工作站，不能在此執行匯入、匯出、表格與範本作業：這些檔案由節點在自己的磁碟上讀寫，其他電腦不得指定該處的檔案。請到節點所在的電腦操作，或把檔案放進節點監看的資料夾。您為自己儲存的檔案則存在這裡。',
  atPlace: (name) => `工作站：${name}`,
}
