/** Words of the checklist on Home, of code lists and of backups. */
export const en = {
  checklist: {
    title: 'Before you rely on it',
    count: (done: number, all: number) => `${done} of ${all} done`,
    done: 'done',
    open: 'to do',
    notYet: 'not yet',
    kitDone: 'The recovery kit was opened and fits.',
    address: {
      title: 'Let a member call this node',
      waiting:
        'No other member has reached it at its own address yet. If nobody can, it depends on calling the others itself.',
      alone: 'This institution is alone. When others are members, one of them has to reach it once.',
      reached: 'A member has reached this node at its own address.',
      callBack: {
        'not-listening': () =>
          'This node does not listen, so nobody can call it: it depends on calling the others itself. Say where it listens in the room Network.',
        'no-address': (name: string) =>
          `${name} was asked to call and knows no address of this node that it could call. Say where others reach it in the room Network.`,
        refused: (name: string, address: string) =>
          `${name} called ${address}: the machine is there and refuses the connection. Look at the port and the firewall.`,
        nobody: (name: string, address: string) =>
          `${name} called ${address}: nobody answers. Look at the address, the router and the firewall.`,
        'other-machine': (name: string, address: string) =>
          `${name} called ${address}: another machine answers there, or another program. Look where the router leads.`,
      },
      action: 'See the addresses',
    },
    codes: {
      title: 'Look at the code lists',
      body: 'Visits are coded with these lists. Confirm them, or set those of your hospital.',
      changed: 'The lists are others than those that were confirmed.',
      done: 'The code lists were looked at and confirmed.',
      action: 'See the lists',
    },
    backup: {
      title: 'Back up, and try the backup',
      none: 'What is on this disk alone is lost with it: names of patients, keys, drafts.',
      untried: 'There is a backup. It counts when it was restored to a scratch folder once.',
      done: 'A backup was restored to a scratch folder and verified.',
      action: 'Back up',
      tryIt: 'Try it',
    },
    proposal: {
      title: (count: number) =>
        count === 1 ? 'A proposal waits for your answer' : `${count} proposals wait for your answer`,
      body: (names: string) => `Of ${names}. It holds when enough members have approved.`,
      action: 'Look',
    },
  },
  codes: {
    title: 'Code lists',
    names: {
      diagnosis: 'Diagnoses',
      procedure: 'Procedures',
      medicine: 'Medicines',
      department: 'Departments',
      laboratory: 'Vital signs and laboratory tests',
    },
    list: 'List',
    edition: 'Edition',
    count: 'Codes',
    version: 'Version',
    builtIn: (edition: string) => `${edition}, our selection`,
    own: (source: string, day: string) => `${source}, ${day}`,
    open: 'Editions and imports',
    confirm: 'We code with these lists',
    confirmed: (name: string, at: string) => `Confirmed by ${name}, ${at}.`,
    unconfirmed: 'Nobody has confirmed these lists yet.',
    changed: 'The lists have changed since they were confirmed. Look again.',
  },
  machine: {
    title: 'This machine',
    real: (store: string) =>
      `The operating system keeps secrets for this user (${store}). By your choice it keeps a part of the keys, besides the passphrase.`,
    stores: {
      keychain: 'Keychain',
      dpapi: 'Windows data protection',
      libsecret: 'GNOME keyring',
      kwallet: 'KWallet',
    },
    none: {
      'basic-text':
        'This machine has no keyring, so nothing of the keys is kept here but under the passphrase.',
      unknown: 'The keyring of this machine is of a kind that we do not know, so nothing is entrusted to it.',
      unavailable: 'The keyring of this machine does not answer, so nothing is entrusted to it.',
      'no-desktop': 'This node runs without a desktop, so there is no keyring to ask.',
    },
    restart: {
      alone: 'After a restart this node votes again by itself. Other members are told so.',
      person:
        'After a restart this node does not vote until somebody types the passphrase. Other members are told so.',
    },
    startsAlone: 'Start the node without anybody',
    startsAloneHint:
      'It votes and serves after this application starts; the screen stays locked, and no patient is opened.',
    isSecondFactor: 'Open the keys on this machine only',
    isSecondFactorHint:
      'Whoever takes the disk has nothing to try passphrases on. If the keyring is lost, a backup or the recovery kit is needed. Commands need the application to run.',
    passphrase: 'Your own passphrase',
    save: 'Choose this',
    saved: 'The choice holds.',
    notReal: 'The keyring does not answer any more. Nothing was changed.',
    settings: 'Settings of this machine',
  },
  backup: {
    title: 'Backup',
    what: 'The whole folder as it is now, keys sealed, while the node goes on. Keep it on another disk.',
    keys: 'A backup can be opened for 60 to 90 days, so make a new one every month. It lies under a key of that month, which is destroyed then: from that day on no backup holds what was erased before; until then older ones do. The key is a small file, beside the backups unless you choose another place. Without it a backup cannot be opened; whoever has both still needs a passphrase.',
    isKeyApart: 'Keep that file at another place…',
    readableUntil: (day: string, place: string) => `It can be opened until ${day}, with the key in ${place}.`,
    keysLeft: (place: string, since: string) =>
      `Keys of old backups in ${place} should have been destroyed on ${since}, and that place cannot be reached or written. Connect that disk; what was erased can be read in its backups until then.`,
    keysGone: 'That disk is destroyed',
    none: 'There is no backup yet.',
    last: (at: string, visits: string, size: string) => `Last backup ${at}: ${visits} visits, ${size}.`,
    at: 'Where',
    now: 'Back up now…',
    tried: (at: string, visits: string) => `Restored and verified ${at}: ${visits} visits.`,
    untried: 'This backup has not been tried.',
    tryTitle: 'Try the backup',
    tryWhat:
      'Restores it to a scratch folder, opens the keys with the passphrase, verifies every block, and removes the scratch folder.',
    passphrase: 'Passphrase',
    tryNow: 'Try it',
    restored:
      'A restored backup observes first. It votes again when somebody has confirmed that the old machine is gone.',
    broken: (reason: string) =>
      `The copy is whole, but its chain does not hold (${reason}). Do not rely on it.`,
    failed: {
      'disk-full': 'There is too little free space. Nothing was left behind, and nothing here was touched.',
      'folder-not-empty': 'There is something at this place already. Nothing was changed.',
      'folder-not-writable': 'This place may not be written. Nothing was changed.',
      'folder-failed':
        'The disk or the network share did not go on. Nothing was changed; check it and try again.',
      'inside-profile':
        'A backup inside the folder that it is of would be lost with it. Choose another place.',
      'not-a-backup': 'There is no backup of ours at this place.',
      'backup-newer': 'This backup is of a newer version of Consilium.',
      'backup-changed':
        'The backup is not what was written: it was damaged, or opened and used. Make a new one.',
      'backup-expired':
        'The key of this backup was destroyed when its time was over, so nobody can open it. Use a newer backup.',
      'backup-key-missing':
        'The file with the key of this backup is not beside it. Put it there, or name it with --keys.',
      'profile-in-use': 'Another process has the backup open.',
      'other-institution': 'This backup is of another institution.',
      'wrong-passphrase': 'The passphrase does not open the keys in this backup.',
      other: 'It did not succeed. Nothing was left behind.',
    },
  },
}

export const zhHant: typeof en = {
  checklist: {
    title: '正式使用前',
    count: (done, all) => `已完成 ${done} / ${all}`,
    done: '已完成',
    open: '待辦',
    notYet: '尚不需要',
    kitDone: '復原套件已開啟並相符。',
    address: {
      title: '請讓其他成員連到本節點',
      waiting: '尚無成員從外部連到本節點的位址。若無人能連入，本節點只能自行連向其他成員。',
      alone: '目前只有本機構。有其他成員後，須有一位成功連入本節點一次。',
      reached: '已有成員從外部連到本節點的位址。',
      callBack: {
        'not-listening': () =>
          '本節點未在任何位址接聽，無人能連入，只能自行連向其他成員。請在「網路」設定接聽的位址。',
        'no-address': (name) =>
          `已請${name}連入，但它不知道可連的本節點位址。請在「網路」設定其他成員連入的位址。`,
        refused: (name, address) => `${name}連向 ${address}：機器存在但拒絕連線。請檢查連接埠與防火牆。`,
        nobody: (name, address) => `${name}連向 ${address}：無人回應。請檢查位址、路由器與防火牆。`,
        'other-machine': (name, address) =>
          `${name}連向 ${address}：回應的是另一部機器或另一個程式。請檢查路由器轉向何處。`,
      },
      action: '查看位址',
    },
    codes: {
      title: '請檢視代碼清單',
      body: '就診以這些清單編碼。請確認，或改用貴院自己的清單。',
      changed: '目前的清單與先前確認的不同。',
      done: '代碼清單已檢視並確認。',
      action: '查看清單',
    },
    backup: {
      title: '備份，並測試備份',
      none: '只存在這顆磁碟上的內容會隨磁碟一起遺失：病人姓名、金鑰、草稿。',
      untried: '已有備份。曾成功還原到暫存資料夾後才算完成。',
      done: '備份已還原到暫存資料夾並通過驗證。',
      action: '備份',
      tryIt: '測試',
    },
    proposal: {
      title: (count) => (count === 1 ? '有一項提案等待您答覆' : `有 ${count} 項提案等待您答覆`),
      body: (names) => `提案者：${names}。足夠的成員核准後即生效。`,
      action: '查看',
    },
  },
  codes: {
    title: '代碼清單',
    names: {
      diagnosis: '診斷',
      procedure: '處置',
      medicine: '藥品',
      department: '科別',
      laboratory: '生命徵象與檢驗',
    },
    list: '清單',
    edition: '版別',
    count: '代碼數',
    version: '版本',
    builtIn: (edition) => `${edition}，內建選錄`,
    own: (source, day) => `${source}，${day}`,
    open: '版本與匯入',
    confirm: '本院使用這些清單',
    confirmed: (name, at) => `由${name}於 ${at} 確認。`,
    unconfirmed: '尚未有人確認這些清單。',
    changed: '清單在確認後已有變動，請重新檢視。',
  },
  machine: {
    title: '本機',
    real: (store) => `作業系統為此使用者保管密碼（${store}）。由您選擇，除通行密語外另保管部分金鑰。`,
    stores: { keychain: '鑰匙圈', dpapi: 'Windows 資料保護', libsecret: 'GNOME 密碼庫', kwallet: 'KWallet' },
    none: {
      'basic-text': '本機沒有可用的密碼庫，金鑰只以通行密語保護。',
      unknown: '本機的密碼庫屬於未知種類，因此不交付任何金鑰。',
      unavailable: '本機的密碼庫沒有回應，因此不交付任何金鑰。',
      'no-desktop': '此節點在沒有桌面的環境執行，沒有可用的密碼庫。',
    },
    restart: {
      alone: '重新啟動後，本節點會自行恢復表決，並會告知其他成員。',
      person: '重新啟動後，須有人輸入通行密語，本節點才會恢復表決，並會告知其他成員。',
    },
    startsAlone: '無人在場時也啟動節點',
    startsAloneHint: '程式啟動後即可表決與服務；畫面保持鎖定，不開啟任何病人資料。',
    isSecondFactor: '金鑰只能在本機開啟',
    isSecondFactorHint:
      '取得磁碟的人無從嘗試通行密語。若密碼庫遺失，須使用備份或復原套件。使用命令列時本程式須在執行中。',
    passphrase: '您自己的通行密語',
    save: '採用',
    saved: '已採用此選擇。',
    notReal: '密碼庫已無回應，資料沒有任何變更。',
    settings: '本機設定',
  },
  backup: {
    title: '備份',
    what: '備份目前的整個資料夾，金鑰保持封存，節點照常運作。請存放在另一顆磁碟。',
    keys: '備份可開啟 60 至 90 天，因此請每月重新備份。備份以當月的金鑰封存，期滿即銷毀該金鑰：此後任何備份都不再含有先前銷毀的內容，在此之前較舊的備份仍有。金鑰是一個小檔案，除非另選位置，否則放在備份旁。沒有它就無法開啟備份；兩者皆有的人仍須通行密語。',
    isKeyApart: '將該檔案存放在其他位置…',
    readableUntil: (day, place) => `可開啟至 ${day}，金鑰位於 ${place}。`,
    keysLeft: (place, since) =>
      `${place} 中的舊備份金鑰應於 ${since} 銷毀，但該位置無法連上或寫入。請連接該磁碟；在此之前，其中的備份仍可讀出已刪除的內容。`,
    keysGone: '該磁碟已銷毀',
    none: '尚無備份。',
    last: (at, visits, size) => `上次備份：${at}，${visits} 筆就診，${size}。`,
    at: '位置',
    now: '立即備份…',
    tried: (at, visits) => `已於 ${at} 還原並驗證：${visits} 筆就診。`,
    untried: '此備份尚未測試。',
    tryTitle: '測試備份',
    tryWhat: '還原到暫存資料夾，以通行密語開啟金鑰，驗證每個區塊，然後移除暫存資料夾。',
    passphrase: '通行密語',
    tryNow: '測試',
    restored: '還原後的備份會先以觀察者身分運作；有人確認舊機器已停用後才會再次表決。',
    broken: (reason) => `備份內容完整，但其中的鏈未通過驗證（${reason}），請勿依賴此備份。`,
    failed: {
      'disk-full': '可用空間不足。未留下任何檔案，原有資料未受影響。',
      'folder-not-empty': '此位置已有內容，未做任何變更。',
      'folder-not-writable': '此位置不可寫入，未做任何變更。',
      'folder-failed': '磁碟或網路磁碟機無法繼續，未做任何變更。請檢查後再試。',
      'inside-profile': '備份若放在原資料夾內會一起遺失，請選擇其他位置。',
      'not-a-backup': '此位置沒有本程式的備份。',
      'backup-newer': '此備份來自較新版本的 Consilium。',
      'backup-changed': '備份與寫入時不同：可能已損壞，或曾被開啟使用。請重新備份。',
      'backup-expired': '此備份的金鑰已到期銷毀，任何人都無法開啟。請使用較新的備份。',
      'backup-key-missing': '備份旁找不到含金鑰的檔案。請放回原處，或以 --keys 指定。',
      'profile-in-use': '備份正被另一個程式開啟。',
      'other-institution': '此備份屬於其他機構。',
      'wrong-passphrase': '此通行密語無法開啟備份中的金鑰。',
      other: '未能完成，未留下任何檔案。',
    },
  },
}
