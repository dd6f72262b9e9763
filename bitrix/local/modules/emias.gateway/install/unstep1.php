<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;

Loc::loadMessages(__DIR__ . '/index.php');
global $APPLICATION;
?>
<form action="<?= htmlspecialcharsbx($APPLICATION->GetCurPage()) ?>" method="post">
    <?= bitrix_sessid_post() ?>
    <input type="hidden" name="lang" value="<?= htmlspecialcharsbx(LANGUAGE_ID) ?>">
    <input type="hidden" name="id" value="emias.gateway">
    <input type="hidden" name="uninstall" value="Y">
    <input type="hidden" name="step" value="2">
    <?php CAdminMessage::ShowMessage(Loc::getMessage('EMIAS_GATEWAY_UNINSTALL_WARNING')) ?>
    <p><label>
        <input type="checkbox" name="keep_data" value="Y" checked>
        <?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_KEEP_DATA')) ?>
    </label></p>
    <input type="submit" value="<?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_UNINSTALL')) ?>">
</form>
